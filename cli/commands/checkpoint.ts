import { TsrunError } from '../../lib/index.js';
import { defineCommand } from '../command.js';
import { criuOptions, criuSettingsOf, imagePathOf } from '../criu-options.js';
import { SignalRelay } from '../signals.js';

export const checkpoint = defineCommand({
	name: 'checkpoint',
	summary: 'save a running container with CRIU',
	description:
		'Saves the processes of a container as files, from which `tsrun restore` makes them again. The container is removed ' +
		'afterwards, unless --leave-running or --pre-dump is given; when it cannot be saved, it runs on, and the log of CRIU ' +
		'(dump.log) stays with the images or in --work-path.',
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
	examples: [
		{ command: 'tsrun checkpoint --image-path /var/tmp/web1 web1', explains: 'save web1 to /var/tmp/web1' },
		{
			command: 'tsrun checkpoint --pre-dump --image-path /var/tmp/web1/before web1',
			explains: 'save the memory in advance',
		},
		{
			command: 'tsrun checkpoint --parent-path ../before --image-path /var/tmp/web1/last web1',
			explains: 'and then what has changed since',
		},
	],
	async run({ options, positionals: [id = ''] }, context) {
		const parent = options['parent-path'];
		const pageServer = pageServerOf(options['page-server']);
		const statusFd = options['status-fd'] ?? -1;
		using relay = new SignalRelay();
		const container = await context.runtime().get(id);
		await container.checkpoint(imagePathOf(options), {
			...criuSettingsOf(options),
			...(parent ? { parentPath: parent } : {}),
			...(pageServer === undefined ? {} : { pageServer }),
			...(statusFd < 0 ? {} : { statusFd }),
			leaveRunning: options['leave-running'] === true,
			tcpSkipInFlight: options['tcp-skip-in-flight'] === true,
			linkRemap: options['link-remap'] === true,
			preDump: options['pre-dump'] === true,
			signal: relay.signal,
		});
		return 0;
	},
});

/** @throws TsrunError ERR_ARGUMENT for what is not ADDRESS:PORT; an IPv6 address stands in brackets */
function pageServerOf(given: string | undefined): { address: string; port: number } | undefined {
	if (!given) return undefined;
	const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(given) ?? [];
	const address = bracketed ?? plain;
	if (address === undefined || Number(port) < 1 || Number(port) > 65_535) {
		throw new TsrunError('ERR_ARGUMENT', `--page-server takes ADDRESS:PORT, and not ${JSON.stringify(given)}`);
	}
	return { address, port: Number(port) };
}
