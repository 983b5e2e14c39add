import { type ExecOptions, type Process, readProcess, TsrunError } from '../../lib/index.js';
import { resolve } from '../../lib/paths.js';
import { defineCommand } from '../command.js';
import { readDocument } from '../document.js';
import { userOf } from '../exec-user.js';
import { waitInForeground } from '../foreground.js';
import { SignalRelay } from '../signals.js';

export const exec = defineCommand({
	name: 'exec',
	summary: 'run another program in a container',
	description:
		'Runs a program in the namespaces and the cgroup of a running container. It starts from the process section of config.json, ' +
		'changed by the options, or from a complete process section in a file (--process). Words after the container id ' +
		'belong to the program. The exit status is that of the program, and 255 when it could not be run.',
	options: {
		process: {
			kind: 'text',
			alias: 'p',
			value: 'FILE',
			summary: 'a process section as JSON; other settings are then ignored',
		},
		tty: { kind: 'flag', alias: 't', summary: 'give the program a terminal' },
		detach: { kind: 'flag', alias: 'd', summary: 'return as soon as the program runs' },
		'pid-file': { kind: 'text', value: 'FILE', summary: 'write the pid of the program to this file' },
		'console-socket': { kind: 'text', value: 'SOCKET', summary: 'unix socket that is sent the master of the terminal' },
		'pidfd-socket': { kind: 'text', value: 'SOCKET', summary: 'unix socket that is sent a pidfd of the program' },
		user: { kind: 'text', alias: 'u', value: 'UID[:GID]', summary: 'numeric user and group' },
		'additional-gids': { kind: 'list', alias: 'g', value: 'GID', summary: 'one more group; may be repeated' },
		env: { kind: 'list', alias: 'e', value: 'NAME=VALUE', summary: 'set a variable; may be repeated' },
		cwd: { kind: 'text', value: 'DIR', summary: 'working directory in the container' },
		cap: { kind: 'list', alias: 'c', value: 'CAPABILITY', summary: 'one more capability; may be repeated' },
		'no-new-privs': { kind: 'flag', summary: 'let set-user-ID programs gain nothing' },
		'process-label': { kind: 'text', value: 'LABEL', summary: 'SELinux label' },
		apparmor: { kind: 'text', value: 'PROFILE', summary: 'AppArmor profile' },
		'preserve-fds': { kind: 'integer', value: 'N', minimum: 0, summary: 'hand N more file descriptors to the program' },
		cgroup: {
			kind: 'list',
			value: '[CONTROLLER,...:]PATH',
			summary: "a cgroup below the container's; may be repeated",
		},
		'ignore-paused': { kind: 'flag', summary: 'also in a paused container; the program runs once it is resumed' },
	},
	positionals: { usage: '<container-id> <program> [argument ...]', minimum: 1, maximum: Number.POSITIVE_INFINITY },
	optionsEndAtFirstPositional: true,
	examples: [
		{ command: 'tsrun exec web1 ps -ef', explains: 'list the processes as web1 sees them' },
		{ command: 'tsrun exec --tty --env TERM=xterm web1 sh', explains: 'a shell in web1' },
		{ command: 'tsrun exec --process job.json --detach --pid-file job.pid web1', explains: 'as engines do' },
	],
	failure: { prefix: 'exec failed', status: 255, stderrOfProgram: true },
	async run({ options, positionals: [id = '', ...words] }, context) {
		const detach = options.detach === true;
		const launch: ExecOptions = {
			stdio: 'inherit',
			...(detach ? { detach: true } : { terminal: 'relay' }),
			...(options['pid-file'] ? { pidFile: resolve(options['pid-file']) } : {}),
			...(options['console-socket'] ? { consoleSocket: options['console-socket'] } : {}),
			...(options['pidfd-socket'] ? { pidfdSocket: options['pidfd-socket'] } : {}),
			...(options['preserve-fds'] === undefined ? {} : { preserveFds: options['preserve-fds'] }),
			...(options.cgroup.length > 0 ? { cgroup: options.cgroup } : {}),
			...(options['ignore-paused'] === true ? { ignorePaused: true } : {}),
		};
		const settings: ExecOptions = {
			tty: options.tty === true,
			...(options.cwd ? { cwd: options.cwd } : {}),
			...(options.env.length > 0 ? { env: options.env } : {}),
			...(options.cap.length > 0 ? { capabilities: options.cap } : {}),
			...(options['no-new-privs'] === undefined ? {} : { noNewPrivileges: options['no-new-privs'] }),
			...(options['process-label'] ? { processLabel: options['process-label'] } : {}),
			...(options.apparmor ? { apparmor: options.apparmor } : {}),
			...userOf(options.user, options['additional-gids']),
		};

		using relay = new SignalRelay();
		const container = await context.runtime().get(id);
		const handle = options.process
			? await container.exec(await processFrom(options.process), { ...launch, signal: relay.signal })
			: await container.exec(program(words), { ...launch, ...settings, signal: relay.signal });
		return detach ? 0 : await waitInForeground(handle, relay, context.log);
	},
});

function program(words: readonly string[]): string[] {
	if (words.length === 0)
		throw new TsrunError('ERR_ARGUMENT', 'exec args cannot be empty', {
			hint: 'name a program after the container id, or give a process section with --process',
		});
	return [...words];
}

function processFrom(file: string): Promise<Process> {
	return readProcess(readDocument('process', file), file);
}
