import { readdirSync } from '../native/files.js';
import { native, OwnedFd } from '../native/index.js';
import { delay, errnoOf, readProcessStat, readTextFileIfThere } from '../os/index.js';
import type { InitProcess } from './init-process.js';

const SIGKILL = 9;
const SIGSTOP = 19;

/** A process that does not stop within this hangs in the kernel, or is frozen, and makes no children then. */
const stopLimitMs = 1000;

/** Deeper than any tree of processes that a limit of processes allows for. */
const deepest = 1000;

/**
 * Kills a process that this one has made, and all that descend from it. Each is stopped before its
 * children are looked at: one that runs could make another one in between. Those that left the tree before, by letting
 * their parent end, cannot be found; they live as long as the container.
 */
export async function killTree({ pid, pidfd }: InitProcess): Promise<void> {
	const members = new Map<number, OwnedFd>();
	try {
		if (!pidfd.open) return;
		await stop(pid, pidfd.number);
		await gather(pid, members, 0);
		if (pidfd.open) send(pidfd.number, SIGKILL);
		for (const member of members.values()) send(member.number, SIGKILL);
	} finally {
		for (const member of members.values()) member.close();
	}
}

async function gather(pid: number, members: Map<number, OwnedFd>, depth: number): Promise<void> {
	if (depth > deepest) return;
	// Until there is no new one: of a process with threads, each stops by itself, and may have made a last one.
	for (;;) {
		const fresh = childrenOf(pid).filter((child) => !members.has(child));
		if (fresh.length === 0) return;
		for (const child of fresh) {
			// A stopped parent takes the status of no child, so that the pid stays the child's.
			const member = new OwnedFd(native().pidfdOpen(child));
			members.set(child, member);
			await stop(child, member.number);
			await gather(child, members, depth + 1);
		}
	}
}

async function stop(pid: number, pidfd: number): Promise<void> {
	send(pidfd, SIGSTOP);
	// The kernel tells a process's parent alone that it has stopped, and only our own child's is us.
	for (const deadline = Date.now() + stopLimitMs; Date.now() < deadline; await delay(1)) {
		const state = readProcessStat(pid)?.state;
		if (state === undefined || 'TtZX'.includes(state)) return;
	}
}

// Of each thread its own (proc(5)); nothing where the kernel was built without CONFIG_PROC_CHILDREN.
function childrenOf(pid: number): number[] {
	let threads: string[];
	try {
		threads = readdirSync(`/proc/${pid}/task`);
	} catch (error) {
		if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return [];
		throw error;
	}
	return threads.flatMap((thread) => {
		const text = readTextFileIfThere(`/proc/${pid}/task/${thread}/children`, { maxBytes: 4 * 1024 * 1024 }) ?? '';
		return text.split(' ').filter(Boolean).map(Number);
	});
}

function send(pidfd: number, signal: number): void {
	try {
		native().pidfdSendSignal(pidfd, signal);
	} catch (error) {
		if (errnoOf(error) !== 'ESRCH') throw error;
	}
}
