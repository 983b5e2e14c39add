import { join } from 'node:path';
import ts from 'typescript';
import { root } from './entries.mjs';

/**
 * The exports of the entries as declarations without their comments, by name: what a change of the library's face shows up
 * in. Two versions with the same text are the same to a program that is compiled against them.
 */
export function surfaceOf(entries) {
	const program = programOf(Object.values(entries));
	const emitted = emittedDeclarations(program);
	const parts = Object.entries(entries).map(([name, file]) => {
		const declarations = declarationsOf(program, emitted, file);
		return `## ${name}\n\n\`\`\`ts\n${declarations.join('\n\n')}\n\`\`\`\n`;
	});
	return `${head}\n${parts.join('\n')}`;
}

const head = `# The surface of the library

Every export with its type, made from the sources by \`npm run docs\`. A test compares: a change here is a change of what
programs are compiled against, and belongs into the changelog.
`;

function declarationsOf(program, emitted, entry) {
	const checker = program.getTypeChecker();
	const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
	return checker
		.getExportsOfModule(module)
		.map((symbol) => ({ name: symbol.name, target: aliased(checker, symbol) }))
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.map(({ name, target }) => textOf(name, target, emitted));
}

function aliased(checker, symbol) {
	return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function textOf(name, symbol, emitted) {
	const { fileName } = symbol.declarations[0].getSourceFile();
	const source = emitted.get(fileName.replace(/\.ts$/, '.d.ts'));
	const nodes = source.statements.filter((node) => declares(node, symbol.name));
	if (nodes.length === 0) throw new Error(`${name} is not in the declarations of ${fileName}`);
	const text = nodes.map((node) => printer.printNode(ts.EmitHint.Unspecified, node, source)).join('\n');
	// What is exported by another name than the one that it is declared by.
	const renamed = symbol.name === name ? '' : `// ${symbol.name} as ${name}\n`;
	return `${renamed}${text.replaceAll(/^(?: {4})+/gm, (indent) => '\t'.repeat(indent.length / 4))}`;
}

const printer = ts.createPrinter({ removeComments: true });

function declares(node, name) {
	if (ts.isVariableStatement(node)) return node.declarationList.declarations.some((one) => one.name.text === name);
	return node.name?.text === name;
}

function emittedDeclarations(program) {
	const files = new Map();
	program.emit(undefined, (path, text) => {
		if (path.endsWith('.d.ts')) files.set(path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
	});
	return files;
}

function programOf(files) {
	const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
	const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
	// Beside the sources, where nothing is written: the text is taken as it is made.
	const beside = { declaration: true, emitDeclarationOnly: true, outDir: root, stripInternal: true };
	return ts.createProgram(files, { ...options, ...beside });
}
