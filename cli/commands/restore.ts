import { defineCommand } from '../command.js';
import { criuOptions } from '../criu-options.js';
import { launchOptions } from '../launch-options.js';
import { unsupported } from '../unsupported.js';

export const restore = defineCommand({
	name: 'restore',
	summary: 'make a container again from what checkpoint saved',
	description: 'Makes a container from the files that `tsrun checkpoint` wrote. Not supported yet.',
	options: {
		bundle: launchOptions.bundle,
		...criuOptions,
		'tcp-close': { kind: 'flag', summary: 'close TCP connections instead of keeping them' },
		'console-socket': launchOptions['console-socket'],
		'pid-file': launchOptions['pid-file'],
		'no-pivot': launchOptions['no-pivot'],
		detach: { kind: 'flag', alias: 'd', summary: 'return as soon as the container runs' },
		'no-subreaper': { kind: 'flag', summary: 'do not adopt processes that the container leaves behind' },
		'lsm-profile': { kind: 'text', value: 'TYPE:NAME', summary: 'security profile instead of the saved one' },
		'lsm-mount-context': {
			kind: 'text',
			value: 'CONTEXT',
			summary: 'SELinux context of mounts instead of the saved one',
		},
	},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [
		{ command: 'tsrun restore --detach --image-path /var/tmp/web1 -b /srv/web web1', explains: 'make web1 again' },
	],
	async run() {
		throw unsupported('restore');
	},
});
