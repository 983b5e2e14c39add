import { resolve } from '../../lib/paths.js';
import { defineCommand } from '../command.js';
import { criuOptions, criuSettingsOf, imagePathOf } from '../criu-options.js';
import { waitInForeground } from '../foreground.js';
import { bundleOf, launchOptions } from '../launch-options.js';
import { SignalRelay } from '../signals.js';

export const restore = defineCommand({
	name: 'restore',
	summary: 'make a container again from what checkpoint saved',
	description:
		'Makes a container from the files that `tsrun checkpoint` wrote; its processes go on where they were. Configuration, hooks ' +
		'and limits are those of the bundle. In the foreground tsrun then waits, as `tsrun run` does. Images make processes with ' +
		'any privilege: restore none from somebody you do not trust.',
	options: {
		bundle: launchOptions.bundle,
		config: launchOptions.config,
		...criuOptions,
		'tcp-close': { kind: 'flag', summary: 'close TCP connections instead of keeping them' },
		'console-socket': launchOptions['console-socket'],
		'pid-file': launchOptions['pid-file'],
		'pidfd-socket': launchOptions['pidfd-socket'],
		'no-pivot': { kind: 'flag', hidden: true, summary: 'accepted; CRIU changes the root in its own way' },
		'no-new-keyring': launchOptions['no-new-keyring'],
		detach: { kind: 'flag', alias: 'd', summary: 'return as soon as the container runs' },
		keep: { kind: 'flag', summary: 'do not delete the container when it has ended' },
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
	failure: { prefix: 'tsrun restore failed', status: 1 },
	async run({ options, positionals: [id = ''] }, context) {
		using relay = new SignalRelay();
		const detach = options.detach === true;
		await using container = await context.runtime().restore(id, bundleOf(options), imagePathOf(options), {
			...criuSettingsOf(options),
			stdio: 'inherit',
			tcpClose: options['tcp-close'] === true,
			...(options.config ? { configFile: resolve(options.config) } : {}),
			...(options['console-socket'] ? { consoleSocket: options['console-socket'] } : {}),
			...(options['pidfd-socket'] ? { pidfdSocket: options['pidfd-socket'] } : {}),
			...(options['pid-file'] ? { pidFile: resolve(options['pid-file']) } : {}),
			...(options['no-new-keyring'] === true ? { newKeyring: false } : {}),
			...(options['lsm-profile'] ? { lsmProfile: options['lsm-profile'] } : {}),
			...(options['lsm-mount-context'] ? { lsmMountContext: options['lsm-mount-context'] } : {}),
			...(detach ? { detach: true } : { terminal: 'relay', subreaper: options['no-subreaper'] !== true }),
			...(options.keep === true ? { keep: true } : {}),
			signal: relay.signal,
		});
		if (!detach) relay.hold();
		const status = detach ? 0 : await waitInForeground(container, relay, context.log);
		if (detach || options.keep === true) container.detach();
		return status;
	},
});
