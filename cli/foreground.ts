import { TsrunError } from '../lib/index.js';
import { type Ending, exitStatusOf } from './exit-code.js';
import type { Log } from './log.js';
import type { SignalRelay } from './signals.js';

/** A process that tsrun waits for: a container, or what `exec` started in one. */
export interface ForegroundProcess {
	kill(signal: number): Promise<void> | void;
	wait(): Promise<Ending>;
}

const sigsys = 31;

/** Waits for the process, which gets our signals meanwhile, and gives the exit status for it. */
export async function waitInForeground(subject: ForegroundProcess, relay: SignalRelay, log: Log): Promise<number> {
	relay.forward((signal) => void deliver(subject, signal, log));
	const ending = await subject.wait();
	// The status alone, 159, tells nobody what happened.
	if (ending.signal === sigsys) {
		log.write('warning', 'the program was ended by SIGSYS: it made a call that linux.seccomp does not allow');
	}
	return exitStatusOf(ending);
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
