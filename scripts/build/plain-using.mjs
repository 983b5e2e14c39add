import { parseAst } from '@rollup/wasm-node/parseAst';
import MagicString from 'magic-string';
import { CommandFailed } from './run.mjs';
import { isFunction, namesDeclared, namesInPattern, visit } from './syntax.mjs';

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
			if (isUnusual(statement, statements.slice(0, index), statements.slice(index + 1)))
				throw new CommandFailed(`not understood: ${text.slice(statement.start, statement.end)}`);
			rewrite(plain, statement, node.end - 1, count++);
		}
		return true;
	});
	return plain.toString();
}

const isUsing = ({ type, kind }) => type === 'VariableDeclaration' && /\busing$/.test(kind);

const statementsOf = ({ type, body }) => (type === 'BlockStatement' ? body : []);

// What comes after the declaration is in a block of its own then, out of sight of what is before it.
function isUnusual({ declarations }, before, after) {
	const [{ id }, ...more] = declarations;
	if (id.type !== 'Identifier' || more.length > 0 || after.some(isHoisted)) return true;
	const moved = after.flatMap(namesDeclared);
	return before.some((statement) => mentions(statement, moved));
}

const isHoisted = ({ type }) => type === 'FunctionDeclaration';

/** Whether one of the names is used in a statement, by itself and not as the parameter or member of something. */
function mentions(statement, names) {
	if (names.length === 0) return false;
	let found = false;
	visit(statement, (node, parent) => {
		if (isFunction(node) && node !== statement) {
			const own = node.params.flatMap(namesInPattern);
			found ||= mentions(
				node,
				names.filter((name) => !own.includes(name)),
			);
			return false;
		}
		found ||= node.type === 'Identifier' && names.includes(node.name) && !isNameOfMember(node, parent);
		return !found;
	});
	return found;
}

const isNameOfMember = (node, { property, key, value, computed }) =>
	!computed && (property === node || (key === node && value !== node));

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
