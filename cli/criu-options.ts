import { type CriuSettings, TsrunError } from '../lib/index.js';
import { resolve } from '../lib/paths.js';
import type { Options, Values } from './command.js';

/** The options that `checkpoint` and `restore` share; the names are runc's, and crun's for the network lock. */
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
	'network-lock': {
		kind: 'text',
		value: 'METHOD',
		choices: ['', 'iptables', 'nftables', 'skip'],
		summary: 'by what packets are kept away meanwhile: iptables, nftables, or skip for nothing',
	},
	'empty-ns': {
		kind: 'list',
		value: 'NAMESPACE',
		summary: 'make this namespace without restoring what was in it (network, which always is)',
	},
	'auto-dedup': { kind: 'flag', summary: 'drop pages from images that later images hold as well' },
} as const satisfies Options;

type Given = Values<typeof criuOptions>;

/** The directory given with `--image-path`, absolute. */
export function imagePathOf(given: Given): string {
	return resolve(given['image-path'] || 'checkpoint');
}

/**
 * What the shared options ask of the library.
 *
 * @throws TsrunError ERR_ARGUMENT for a namespace that cannot be made empty
 */
export function criuSettingsOf(given: Given): CriuSettings {
	const other = given['empty-ns'].find((name) => name !== 'network');
	if (other !== undefined) {
		throw new TsrunError('ERR_ARGUMENT', `namespace ${JSON.stringify(other)} is not supported by --empty-ns`);
	}
	return {
		...(given['work-path'] ? { workPath: resolve(given['work-path']) } : {}),
		tcpEstablished: given['tcp-established'] === true,
		extUnixSk: given['ext-unix-sk'] === true,
		shellJob: given['shell-job'] === true,
		fileLocks: given['file-locks'] === true,
		lazyPages: given['lazy-pages'] === true,
		autoDedup: given['auto-dedup'] === true,
		...(given['manage-cgroups-mode']
			? { manageCgroupsMode: given['manage-cgroups-mode'] as NonNullable<CriuSettings['manageCgroupsMode']> }
			: {}),
		...(given['network-lock']
			? { networkLock: given['network-lock'] as NonNullable<CriuSettings['networkLock']> }
			: {}),
	};
}
