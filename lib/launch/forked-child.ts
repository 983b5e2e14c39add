import { TsrunError } from '../errors/index.js';
import { native } from '../native/index.js';
import { delay, systemFailure } from '../os/index.js';
import { InitProcess } from './init-process.js';
import { isOurChild } from './own-children.js';

/** The helper's child has done nothing yet when it is killed, and ends as soon as it is scheduled. */
const patienceMs = 1_000;

/**
 * Holds the child that the helper says it has forked. What the helper says is no proof, but the pid of a child of ours that was not
 * waited for yet cannot be another's.
 *
 * @throws TsrunError ERR_NATIVE when it is no child of ours; ERR_SYSTEM when there can be no descriptor for it (EMFILE): then it has
 * been killed and reaped, because nobody else could, and a pid namespace that it is in would never end (pid_namespaces(7))
 */
export async function holdForkedChild(pid: number): Promise<InitProcess> {
	if (!isOurChild(pid)) {
		throw new TsrunError('ERR_NATIVE', `the init helper reports process ${pid}, which is no child of ours`);
	}
	let pidfd: number;
	try {
		pidfd = native().pidfdOpen(pid);
	} catch (cause) {
		await endByNumber(pid);
		throw systemFailure(`cannot open process ${pid}`, cause, {});
	}
	return new InitProcess(pid, pidfd);
}

// Without a descriptor its end is no event.
async function endByNumber(pid: number): Promise<void> {
	process.kill(pid, 'SIGKILL');
	for (let pause = 1; pause < patienceMs && native().reap(pid) === undefined; pause *= 2) await delay(pause);
}
