import { parseArgs } from 'node:util';

/**
 * What the command line asks for; ends the process with 2 and words when it cannot be understood.
 *
 * @param known the names there are of clients and archives; all of them are meant where none is given
 * @returns `clients` with a name each, and the beginning of the paths below test/clients of the files that are run: `docker/li` on the
 *   command line means docker/life.test.ts alone
 */
export function optionsOf(words, known) {
	const end = words.includes('--') ? words.indexOf('--') : words.length;
	const { values, positionals } = parse(words.slice(0, end));
	return {
		clients: chosenClients(positionals, known.clients),
		archives: chosen('archive', values.archive, known.archives),
		write: values.write,
		jestArguments: words.slice(end + 1),
	};
}

function parse(args) {
	try {
		const options = {
			archive: { type: 'string', multiple: true, default: [] },
			write: { type: 'boolean', default: false },
		};
		return parseArgs({ args, options, allowPositionals: true });
	} catch (error) {
		refuse(error.message);
	}
}

function chosenClients(words, known) {
	const names = chosen(
		'client',
		words.map((word) => word.split('/')[0]),
		known,
	);
	return names.flatMap((client) => {
		const paths = words.filter((word) => word.startsWith(`${client}/`));
		return (paths.length > 0 ? paths : [`${client}/`]).map((files) => ({ client, files }));
	});
}

function chosen(what, wanted, known) {
	const unknown = wanted.filter((name) => !known.includes(name));
	if (unknown.length > 0) refuse(`no ${what} called ${unknown.join(', ')}; there are ${known.join(', ')}`);
	return known.filter((name) => wanted.length === 0 || wanted.includes(name));
}

function refuse(why) {
	console.error(`clients: ${why}`);
	process.exit(2);
}
