import { abortError, afterUndo, ConfigError, TsrunError } from '../errors/index.js';
import { InitChannel } from '../launch/channel.js';
import { exited, native, OwnedFd } from '../native/index.js';
import { errnoOf, removeFile, systemFailure } from '../os/index.js';
import { hookState } from '../plan/hook-state.js';
import { hostHooks } from '../plan/stages/hooks.js';
import { type ContainerDir, type ContainerRecord, currentStatus } from '../state/index.js';
import { destroyContainer } from './destroy.js';
import type { Engine } from './engine.js';
import { openInit } from './observe.js';
import { allow } from './transitions.js';

/** More than an exit takes on the slowest machine. */
const endLimitMs = 10_000;

/**
 * Has the created container run its program, and returns when the program runs: after execve(2) and the poststart hooks
 * (runtime.md, "Lifecycle", steps 6 to 9).
 *
 * @throws TsrunError ERR_WRONG_STATUS; ERR_EXECUTABLE or ERR_STEP_FAILED of what comes before the program: the container
 *   is stopped then; ERR_HOOK_FAILED: it is gone
 */
export async function startContainer(engine: Engine, dir: ContainerDir, signal?: AbortSignal): Promise<void> {
	using _start = engine.phase?.('start');
	await using _lock = await dir.lock(signal === undefined ? {} : { signal });
	const record = await dir.readRecord();
	allow('start', currentStatus(dir, record), record.id);
	if (!record.hasProcess) {
		throw new ConfigError('ERR_CONFIG_INVALID', 'config.json', [
			{ pointer: '/process', message: 'a container without process cannot be started' },
		]);
	}
	// Once init has been told to go, the program runs, or the container ends.
	if (signal?.aborted) throw abortError(signal, 'start');
	try {
		await go(engine, dir, record, signal);
	} catch (cause) {
		if (!isHookFailure(cause)) throw cause;
		// runtime.md, step 7: an error, and on to the destruction of the container.
		throw await afterUndo(cause, () => destroyContainer(engine, dir, record));
	}
	if (record.hooks.includes('poststart')) await runPoststartHooks(engine, dir, record, signal);
}

function isHookFailure(error: unknown): boolean {
	return error instanceof TsrunError && error.code === 'ERR_HOOK_FAILED';
}

async function go(
	engine: Engine,
	dir: ContainerDir,
	record: ContainerRecord,
	signal: AbortSignal | undefined,
): Promise<void> {
	const { id } = record;
	const trace = engine.onStep && (await import('./start-trace.js')).startTrace(record, engine.onStep);
	using channel = new InitChannel(connect(dir, id), signal);
	channel.send('go', 0);
	// A fault of a startContainer hook or of execve comes instead of the plain end of the connection.
	let accepted = false;
	for (;;) {
		const received = await channel.receive();
		if (received === undefined) break;
		using descriptor = received.descriptor;
		if (received.report.kind === 'seccomp' && descriptor !== undefined) {
			const { handOverStartListener } = await import('./listener.js');
			await handOverStartListener(descriptor, dir, record);
		} else if (received.report.kind === 'going') {
			accepted = true;
			removeFile(dir.startSocket);
		} else if (received.report.kind === 'times') {
			trace?.take(received.data);
		} else if (received.report.kind === 'fault') {
			const { startFault } = await import('./start-fault.js');
			await untilEnded(record);
			throw await startFault(dir, record, received.report);
		}
	}
	if (!accepted)
		throw new TsrunError('ERR_INIT_DIED', 'the container ended before it could start', { containerId: id });
	trace?.done();
}

/** Init ends right after it has reported a fault; whoever hears of the fault finds the container stopped. */
async function untilEnded(record: ContainerRecord): Promise<void> {
	using init = openInit(record);
	if (init !== undefined) await exited(init.number, { timeoutMs: endLimitMs });
}

function connect(dir: ContainerDir, id: string): OwnedFd {
	try {
		return new OwnedFd(native().connectUnix(dir.startSocket, 'seqpacket'));
	} catch (cause) {
		if (errnoOf(cause) === 'ECONNREFUSED') {
			throw new TsrunError('ERR_WRONG_STATUS', 'cannot start a container that has stopped', { containerId: id, cause });
		}
		throw systemFailure('cannot reach the container that waits for start', cause, { containerId: id });
	}
}

async function runPoststartHooks(
	engine: Engine,
	dir: ContainerDir,
	record: ContainerRecord,
	signal: AbortSignal | undefined,
): Promise<void> {
	const { storedSpec } = await import('../spec/stored.js');
	const spec = await storedSpec(await dir.configText());
	const { head, tail } = hookState(record, 'running');
	const { runHook } = await import('../launch/run-hook.js');
	try {
		for (const step of hostHooks(spec.hooks?.poststart, 'poststart')) {
			if (step.actor !== 'host' || step.operation !== 'hook') continue;
			await runHook(step.args, {
				state: `${head}${record.pid}${tail}`,
				environment: engine.environment,
				containerId: record.id,
				signal,
			});
		}
	} catch (cause) {
		// runtime.md, step 9: the same.
		throw await afterUndo(cause, () => destroyContainer(engine, dir, record));
	}
}
