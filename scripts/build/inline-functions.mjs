import { readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { parseAst } from '@rollup/wasm-node/parseAst';
import { getNativeImagePath } from 'google-closure-compiler/lib/utils.js';
import MagicString from 'magic-string';
import { makePublic } from './public-members.mjs';
import { CommandFailed, run } from './run.mjs';
import { isFunction, visit } from './syntax.mjs';

/**
 * Has functions that are called in one place become part of their callers, and short ones of all of theirs, by the Closure
 * Compiler; and declares with `var` what was declared by `let`, `const` and `class` where that means the same. For JavaScriptCore
 * each function that is there costs 0.3 us, and 4 us when it is called first; and it notes with each function which names around
 * it might be used before they have a value.
 *
 * Names of variables and functions are others afterwards, those of properties stay, but for private members, which are
 * properties then.
 *
 * @param text of a module without imports and exports
 * @param file where to put what the compiler reads and writes
 */
export function inlineFunctions(text, file) {
	const [given, made] = [`${file}.given.js`, `${file}.inlined.js`];
	writeFileSync(given, withoutModule(withNamedBigInts(makePublic(text))));
	const compiler = getNativeImagePath();
	if (compiler === undefined)
		throw new CommandFailed(
			`google-closure-compiler-linux${process.arch === 'arm64' ? '-arm64' : ''} is not installed: npm leaves it out with --omit=optional`,
		);
	run(compiler, [
		'--compilation_level=SIMPLE',
		// All that is at the top is seen by nobody else.
		'--assume_function_wrapper',
		'--language_in=UNSTABLE',
		'--language_out=NO_TRANSPILE',
		// What is there to warn of the compiler of TypeScript and the linter have said.
		'--warning_level=QUIET',
		'--jscomp_off=*',
		`--js=${given}`,
		`--js_output_file=${made}`,
	]);
	return `// @bun\n${declarations}${withPlainClasses(withBigInts(readFileSync(made, 'utf8')))}`;
}

const declarations =
	'const $metaRequire = import.meta.require, $metaUrl = import.meta.url, $importRest = () => import("./rest.js");\n';

/** The compiler knows modules only as a whole program of them: what is said to the module gets a name that is declared before. */
function withoutModule(text) {
	const plain = new MagicString(text);
	const refuse = ({ start, end }) => {
		throw new CommandFailed(`not understood: ${text.slice(start, end)}`);
	};
	visit(parseAst(text), (node, parent) => {
		if (node.type === 'ImportExpression') plain.overwrite(node.start, node.end, imported(node, refuse));
		if (node.type === 'MetaProperty') {
			const name = parent.type === 'MemberExpression' && !parent.computed && ofModule.get(parent.property.name);
			plain.overwrite(parent.start, parent.end, name || refuse(parent));
		}
		return true;
	});
	return plain.toString();
}

const ofModule = new Map([
	['require', '$metaRequire'],
	['url', '$metaUrl'],
]);

function imported(node, refuse) {
	const path = node.source.value;
	if (path === './rest.js') return '$importRest()';
	if (!isBuiltin(path ?? '')) refuse(node);
	return `Promise.resolve($metaRequire(${JSON.stringify(path)}))`;
}

/**
 * The compiler takes what `&` and `|` give for a number, and `(flags & 1n) === 0n` for false. A variable of which it knows nothing
 * in place of the literal leaves it nothing to conclude.
 */
function withNamedBigInts(text) {
	const named = new MagicString(text);
	visit(parseAst(text), (node) => {
		if (node.type === 'Literal' && node.bigint !== undefined && node.bigint !== null)
			named.overwrite(node.start, node.end, `$bigint_${BigInt(node.bigint)}`);
		return true;
	});
	return named.toString();
}

const withBigInts = (text) => text.replace(/\$bigint_(\d+)/g, '$1n');

/** The compiler leaves declarations of classes: those at the top of a function's body are as good as a `var`. */
function withPlainClasses(text) {
	const plain = new MagicString(text);
	visit(parseAst(text), (node, parent) => {
		const statements =
			node.type === 'Program' || (node.type === 'BlockStatement' && isFunction(parent ?? {})) ? node.body : [];
		for (const { type, id, start, end } of statements) {
			if (type !== 'ClassDeclaration') continue;
			plain.appendRight(start, `var ${id.name}=`);
			plain.appendLeft(end, ';');
		}
		return true;
	});
	return plain.toString();
}
