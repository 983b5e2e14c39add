import { TsrunError } from '../errors/index.js';
import type { Engine } from '../lifecycle/engine.js';
import { readTextFileIfThere } from '../os/index.js';

/** O_CLOEXEC as /proc/PID/fdinfo writes it, octal 02000000. */
const closeOnExec = 0o2000000;

/** The caller's descriptors that a container gets as 3 and up. */
export interface PreservedDescriptors {
	readonly numbers: readonly number[];
	/** How many of them came as LISTEN_FDS. */
	readonly listening: number;
	readonly names?: string | undefined;
}

/**
 * Which of the caller's descriptors go to the process: first the LISTEN_FDS that are meant for us (sd_listen_fds(3)),
 * then `count` more.
 *
 * @throws TsrunError ERR_ARGUMENT for one that the caller has not handed to us
 */
export function preservedDescriptors(
	count: number,
	listenFds: boolean,
	{ environment: env, inheritedDescriptors: inherited }: Pick<Engine, 'environment' | 'inheritedDescriptors'>,
): PreservedDescriptors {
	const listening = listenFds ? listenCount(env) : 0;
	const numbers = Array.from({ length: listening + count }, (_, index) => 3 + index);
	for (const number of numbers) assertHandedOver(number, inherited);
	return { numbers, listening, names: listening === 0 ? undefined : env['LISTEN_FDNAMES'] };
}

function listenCount(env: Readonly<Record<string, string>>): number {
	if (env['LISTEN_PID'] !== String(process.pid)) return 0;
	const text = env['LISTEN_FDS'] ?? '';
	return /^\d{1,5}$/.test(text) ? Number(text) : 0;
}

// What the JavaScript engine opened for itself must not be handed to a container because the caller miscounted.
function assertHandedOver(number: number, inherited: number | undefined): void {
	if (inherited === undefined ? isKeptOverExec(number) : number < 3 + inherited) return;
	throw new TsrunError('ERR_ARGUMENT', `unable to stat preserved-fd ${number}: no such file or directory`, {
		hint: `the caller has to open descriptor ${number} before it calls tsrun`,
	});
}

// What came over our own execve(2) has no close-on-exec flag, and what Node opens has it.
function isKeptOverExec(number: number): boolean {
	const info = readTextFileIfThere(`/proc/self/fdinfo/${number}`, { maxBytes: 65536 });
	const flags = /^flags:\s*([0-7]+)$/m.exec(info ?? '')?.[1];
	return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
}
