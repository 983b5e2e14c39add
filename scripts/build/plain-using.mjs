import { parseAst } from '@rollup/wasm-node/parseAst';
import MagicString from 'magic-string';
import { CommandFailed } from './run.mjs';
import { visit } from './syntax.mjs';

/**
 * Writes `using` and `await using` as try statements. JavaScriptCore has functions of its own for them, which it reads and
 * compiles from text when they are called for the first time: 0.1 ms of a call of the program. Needs `$dispose` and
 * `$disposeLater` (scripts/build/dispose.js) in the same scope.
 *
 * @param text of a module
 */
export function makePlain(text) {
	const plain = new MagicString(text);
	let count = 0;
	visit(parseAst(text), (node) => {
		const statements = statementsOf(node);
		for (const [index, statement] of statements.entries()) {
			if (!isUsing(statement)) continue;
			refuseUnusual(statement, statements.slice(index + 1));
			rewrite(plain, statement, node.end - 1, count++);
		}
		return true;
	});
	return plain.toString();
}

const isUsing = ({ type, kind }) => type === 'VariableDeclaration' && /\busing$/.test(kind);

const statementsOf = ({ type, body }) => (type === 'BlockStatement' ? body : []);

// What a function is called before the declaration would be out of its sight in a block of its own.
function refuseUnusual({ declarations, start }, rest) {
	const hoisted = rest.some(({ type }) => type === 'FunctionDeclaration');
	if (hoisted || declarations.length !== 1 || declarations[0].id.type !== 'Identifier')
		throw new CommandFailed(`a declaration with using is not understood, at ${start}`);
}

function rewrite(text, { kind, start, end, declarations }, endOfBlock, number) {
	const [{ id }] = declarations;
	const failure = `$failure${number}`;
	const dispose = kind === 'await using' ? 'await $disposeLater' : '$dispose';
	text.overwrite(start, id.start, 'const ');
	text.appendLeft(end, ` let ${failure}; try {`);
	// The innermost block, of the last declaration, ends first.
	text.prependRight(
		endOfBlock,
		`} catch (error) { ${failure} = { error }; throw error; } finally { ${dispose}(${id.name}, ${failure}); }`,
	);
}
