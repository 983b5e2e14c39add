import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defaultSpec, renderSpec, TsrunError } from '../../lib/index.js';
import { defineCommand } from '../command.js';

export const spec = defineCommand({
	name: 'spec',
	summary: 'write a config.json to start from',
	description:
		'Writes config.json for a shell in the directory rootfs next to it. A file that exists is never overwritten. Nothing else is ' +
		'made: fill rootfs with the files of an image, edit process.args, and the directory is a bundle.',
	options: {
		bundle: { kind: 'text', alias: 'b', value: 'DIR', summary: 'where to write (the current directory)' },
		file: { kind: 'text', alias: 'f', value: 'FILE', summary: 'name of the file (config.json)' },
		rootless: { kind: 'flag', summary: 'for a container that you make without being root' },
	},
	positionals: { usage: '', minimum: 0, maximum: 0 },
	examples: [
		{ command: 'tsrun spec', explains: 'write config.json here' },
		{ command: 'tsrun spec --rootless -b ~/web', explains: 'for your own user, in ~/web' },
	],
	async run({ options }) {
		const file = resolve(options.bundle || '.', options.file || 'config.json');
		const document = defaultSpec({
			rootless: options.rootless === true,
			cgroup2: existsSync('/sys/fs/cgroup/cgroup.controllers'),
			uid: process.geteuid?.() ?? 0,
			gid: process.getegid?.() ?? 0,
		});
		try {
			await writeFile(file, renderSpec(document), { flag: 'wx', mode: 0o666 });
		} catch (error) {
			throw failure(file, error as NodeJS.ErrnoException);
		}
		return 0;
	},
});

function failure(file: string, error: NodeJS.ErrnoException): TsrunError {
	const details = { path: file, errno: error.code, cause: error };
	if (error.code === 'EEXIST')
		return new TsrunError('ERR_ARGUMENT', `${file} exists already`, {
			...details,
			hint: 'remove it first, or name another with --file',
		});
	return new TsrunError('ERR_SYSTEM', `cannot write ${file}: ${error.message}`, { ...details, syscall: error.syscall });
}
