import { TsrunError } from '../lib/index.js';
import { type Ending, exitStatusOf } from './exit-code.js';
import type { Log } from './log.js';
import type { SignalRelay } from './signals.js';

/** A process that tsrun waits for: a container, or what `exec` started in one. */
export interface ForegroundProcess {
	kill(signal: number): Promise<void> | void;
	wait(): Promise<Ending>;
	/** Of a container: how many of its processes were killed because memory had run out. */
	oomKills?(): Promise<bigint | undefined>;
}

const [sigkill, sigsys] = [9, 31];

/** Waits for the process, which gets our signals meanwhile, and gives the exit status for it. */
export async function waitInForeground(subject: ForegroundProcess, relay: SignalRelay, log: Log): Promise<number> {
	relay.forward((signal) => void deliver(subject, signal, log));
	const ending = await subject.wait();
	const reason = await reasonOf(subject, ending);
	if (reason !== undefined) log.write('warning', reason);
	return exitStatusOf(ending);
}

/** What killed the program, where the status alone (137, 159) tells nobody. */
async function reasonOf(subject: ForegroundProcess, { signal }: Ending): Promise<string | undefined> {
	if (signal === sigsys) return 'the program was ended by SIGSYS: it made a call that linux.seccomp does not allow';
	if (signal !== sigkill || !(await oomKillsOf(subject))) return undefined;
	return 'the program was ended by SIGKILL: memory had run out (linux.resources.memory.limit)';
}

async function oomKillsOf(subject: ForegroundProcess): Promise<bigint | undefined> {
	try {
		return await subject.oomKills?.();
	} catch (error) {
		// Whoever has killed it has removed it as well: `delete --force`, or `checkpoint`.
		if (error instanceof TsrunError && error.code === 'ERR_NOT_FOUND') return undefined;
		throw error;
	}
}

async function deliver(subject: ForegroundProcess, signal: number, log: Log): Promise<void> {
	try {
		await subject.kill(signal);
	} catch (error) {
		// It ended while the signal was on its way: wait() is about to say so.
		if (error instanceof TsrunError && error.code === 'ERR_WRONG_STATUS') return;
		log.write('warning', `cannot hand on signal ${signal}: ${error instanceof Error ? error.message : String(error)}`);
	}
}
