import { defineCommand } from '../command.js';
import { criuOptions } from '../criu-options.js';
import { unsupported } from '../unsupported.js';

export const checkpoint = defineCommand({
	name: 'checkpoint',
	summary: 'save a running container with CRIU',
	description:
		'Saves the processes of a container as files, from which `tsrun restore` makes them again. Not supported yet.',
	options: {
		...criuOptions,
		'parent-path': { kind: 'text', value: 'DIR', summary: 'images of an earlier --pre-dump, relative to --image-path' },
		'leave-running': { kind: 'flag', summary: 'do not end the container' },
		'tcp-skip-in-flight': { kind: 'flag', summary: 'leave out TCP connections that are not accepted yet' },
		'link-remap': { kind: 'flag', summary: 'give open files without a name a name again' },
		'status-fd': {
			kind: 'integer',
			value: 'N',
			summary: 'descriptor that gets a zero byte when lazy pages can be served',
		},
		'page-server': { kind: 'text', value: 'ADDRESS:PORT', summary: 'send memory to a page server' },
		'pre-dump': { kind: 'flag', summary: 'save only memory and let the container run on' },
	},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [{ command: 'tsrun checkpoint --image-path /var/tmp/web1 web1', explains: 'save web1 to /var/tmp/web1' }],
	async run() {
		throw unsupported('checkpoint');
	},
});
