import { closeSync, constants, openSync, unlinkSync } from '../../native/files.js';
import { native } from '../../native/index.js';
import { errnoOf, systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

/** The socket exists for as long as the container waits for `start`. */
export function listenForStart(launch: Launch, { slot }: HostOperations['listen']): void {
	const path = launch.context.startSocket;
	if (path === undefined) throw new RangeError('the plan listens for start, and nobody said where');
	try {
		const listener = native().listenUnix(path, 'seqpacket');
		launch.descriptors.add(slot, listener);
		launch.context.undo.push(`remove ${path}`, () => unlinkSync(path));
		// Init has nothing else to do while it waits.
		native().setNonBlocking(listener, false);
	} catch (cause) {
		throw systemFailure(`cannot listen on ${path}`, cause, { path });
	}
}

export async function spawn(launch: Launch, { flags, cgroup }: HostOperations['spawn']): Promise<void> {
	const directory = cgroup === null ? -1 : openCgroup(cgroup);
	try {
		launch.enteredByClone = directory === -1 || cgroup === null ? undefined : cgroup;
		await launch.spawn(flags, directory);
	} catch (cause) {
		throw systemFailure('cannot start the init helper', cause, {}, 'ERR_STEP_FAILED');
	} finally {
		if (directory >= 0) closeSync(directory);
	}
}

// One that is not there is told of by the step that enters the cgroup.
function openCgroup(path: string): number {
	try {
		return openSync(path, constants.O_DIRECTORY | constants.O_RDONLY);
	} catch (cause) {
		if (errnoOf(cause) === 'ENOENT') return -1;
		throw systemFailure(`cannot open the cgroup ${path}`, cause, { path }, 'ERR_CGROUP');
	}
}

export function awaitFork(launch: Launch): Promise<void> {
	return launch.awaitFork();
}

export function record(launch: Launch): Promise<void> | void {
	return launch.context.record(launch.process, launch.made);
}

export function release(launch: Launch, { id }: HostOperations['release']): void {
	launch.release(id);
}
