import { join } from 'node:path';
import { Application, Logger, ReflectionKind } from 'typedoc';
import { entries, root } from './entries.mjs';

/**
 * Types whose names say all that a reader of the pages needs: behind them are tables of the plan, and lists of names that the
 * types of the same kind spell out.
 */
const behind = [
	'DeepPartial',
	'HostOperation',
	'HostOperations',
	'InitArguments',
	'InitOperation',
	'cgroupModes',
	'networkLocks',
];

const documented = [
	'Class',
	'Interface',
	'TypeAlias',
	'Function',
	'Variable',
	'Property',
	'Method',
	'Accessor',
	'Constructor',
];

/** Collects what TypeDoc has to say, in place of printing it. */
class Complaints extends Logger {
	found = [];

	log(message, level) {
		// 2 is a warning, 3 an error. Members of types without a name speak for themselves.
		if (level >= 2 && !message.includes('.__type')) this.found.push(message);
	}
}

/** Writes the pages as Markdown, one for each entry; answers what is missing. */
export async function writePages(directory) {
	const app = await Application.bootstrapWithPlugins({
		entryPoints: Object.values(entries),
		tsconfig: join(root, 'tsconfig.json'),
		plugin: ['typedoc-plugin-markdown'],
		outputFileStrategy: 'modules',
		outputs: [{ name: 'markdown', path: directory }],
		readme: 'none',
		name: 'The library',
		// The sources are checked by another version of the compiler than the one that TypeDoc brings.
		skipErrorChecking: true,
		logLevel: 'Warn',
		excludeExternals: true,
		excludeInternal: true,
		excludePrivate: true,
		disableSources: true,
		hideBreadcrumbs: true,
		hidePageHeader: true,
		entryFileName: 'README',
		parametersFormat: 'table',
		interfacePropertiesFormat: 'table',
		classPropertiesFormat: 'table',
		typeDeclarationFormat: 'table',
		useCodeBlocks: true,
		groupOrder: ['Classes', 'Functions', 'Interfaces', 'Type Aliases', 'Variables'],
		validation: { notExported: true, notDocumented: true, invalidLink: true },
		requiredToBeDocumented: documented,
		intentionallyNotExported: behind,
	});
	const complaints = new Complaints();
	app.logger = complaints;
	const project = await app.convert();
	if (project === undefined) return ['the sources cannot be read', ...complaints.found];
	for (const module of project.getReflectionsByKind(ReflectionKind.Module)) module.sources = undefined;
	app.validate(project);
	await app.generateOutputs(project);
	return complaints.found;
}
