import type { Options } from './command.js';

/** The options that `checkpoint` and `restore` share; the names are runc's. */
export const criuOptions = {
	'image-path': { kind: 'text', value: 'DIR', summary: 'where the images are (./checkpoint)' },
	'work-path': { kind: 'text', value: 'DIR', summary: 'where CRIU keeps its logs' },
	'tcp-established': { kind: 'flag', summary: 'keep TCP connections' },
	'ext-unix-sk': { kind: 'flag', summary: 'allow unix sockets that lead out of the container' },
	'shell-job': { kind: 'flag', summary: 'allow a terminal from outside the container' },
	'file-locks': { kind: 'flag', summary: 'keep file locks' },
	'lazy-pages': { kind: 'flag', summary: 'fetch memory pages only when they are touched' },
	'manage-cgroups-mode': {
		kind: 'text',
		value: 'MODE',
		choices: ['', 'soft', 'full', 'strict', 'ignore'],
		summary: 'how cgroups are restored: soft, full, strict or ignore',
	},
	'empty-ns': {
		kind: 'list',
		value: 'NAMESPACE',
		summary: 'make this namespace without restoring what was in it (network)',
	},
	'auto-dedup': { kind: 'flag', summary: 'drop pages from images that later images hold as well' },
} as const satisfies Options;
