import { TsrunError } from '../errors/index.js';
import { existsSync } from '../native/files.js';
import { native, OwnedFd, writable } from '../native/index.js';
import { errnoOf, systemFailure } from '../os/index.js';
import { type StateSubject, stateSpecVersion } from '../plan/hook-state.js';
import type { Seccomp } from '../spec/types.js';
import type { ContainerDir, ContainerRecord } from '../state/index.js';
import { openInit } from './observe.js';

/** How long an agent may take to make room for the message. */
const agentLimitMs = 10_000;

/** A message of a unix stream that is not larger is taken whole or not at all. */
const pieceBytes = 16_384;

interface Handover {
	readonly dir: ContainerDir;
	readonly profile: Seccomp | undefined;
	/** Of the container; its pid is init's. */
	readonly state: StateSubject & { readonly status: string; readonly pid: number };
	/** The process that loaded the filter. */
	readonly pid: number;
}

/**
 * Sends the listener of a filter to whoever answers its calls: the process that made the container if it asked to
 * (agent.sock), otherwise the agent of `listenerPath` (config-linux.md, "The Container Process State").
 *
 * @throws TsrunError ERR_STEP_FAILED when there is nobody, or nobody who takes it; ERR_TIMEOUT
 */
export async function handOverListener(listener: OwnedFd, handover: Handover): Promise<void> {
	using owned = listener;
	const path = existsSync(handover.dir.agentSocket) ? handover.dir.agentSocket : handover.profile?.listenerPath;
	if (path === undefined) {
		throw new TsrunError('ERR_STEP_FAILED', 'the seccomp profile notifies, and nobody answers', {
			pointer: '/linux/seccomp/listenerPath',
		});
	}
	const message = Buffer.from(JSON.stringify(processState(handover)));
	try {
		using socket = new OwnedFd(native().connectUnix(path, 'stream'));
		for (let sent = 0; sent < message.length; sent += pieceBytes) {
			// The descriptor goes with the first piece, and only with that.
			const fds = sent === 0 ? [owned.number] : [];
			const piece = message.subarray(sent, sent + pieceBytes);
			while (!native().send(socket.number, piece, fds)) await writable(socket.number, { timeoutMs: agentLimitMs });
		}
	} catch (cause) {
		const what = `failed to connect with seccomp agent ${path}`;
		const details = { path, pointer: '/linux/seccomp/listenerPath' };
		throw systemFailure(what, cause, details, 'ERR_STEP_FAILED');
	}
}

/** The same for a filter that was loaded at `start`. A container whose calls nobody answers is ended. */
export async function handOverStartListener(
	listener: OwnedFd,
	dir: ContainerDir,
	record: ContainerRecord,
): Promise<void> {
	const { storedSpec } = await import('../spec/stored.js');
	try {
		const spec = await storedSpec(await dir.configText());
		const state = { ...record, status: 'created' };
		await handOverListener(listener, { dir, profile: spec.linux?.seccomp, state, pid: record.pid });
	} catch (cause) {
		killInit(record);
		throw cause;
	}
}

function processState({ profile, state, pid }: Handover): object {
	const { id, status, bundle, annotations = {} } = state;
	const { listenerMetadata } = profile ?? {};
	return {
		ociVersion: stateSpecVersion,
		fds: ['seccompFd'],
		pid,
		...(listenerMetadata === undefined || listenerMetadata === '' ? {} : { metadata: listenerMetadata }),
		state: {
			ociVersion: stateSpecVersion,
			id,
			status,
			pid: state.pid,
			bundle,
			...(Object.keys(annotations).length === 0 ? {} : { annotations }),
		},
	};
}

function killInit(record: ContainerRecord): void {
	using init = openInit(record);
	if (init === undefined) return;
	try {
		native().pidfdSendSignal(init.number, 9);
	} catch (error) {
		if (errnoOf(error) !== 'ESRCH') throw error;
	}
}
