import { TsrunError } from '../errors/index.js';
import { errnoOf, systemFailure } from '../os/index.js';
import type { CgroupWrite, MemoryUsage } from '../plan/resources/limit.js';
import { whyMissing } from './controllers.js';
import { readValue, writeValue } from './value.js';

/**
 * Told of a write that is about to be done, while the file still has its old value.
 *
 * @returns what is to be called once the kernel has taken the new one
 */
export type Witness = (write: CgroupWrite, file: string) => () => void;

/**
 * Writes values that may depend on each other. The kernel checks each against those that stand at the time (a memory
 * limit may not pass that of memory and swap, a quota not the parent's share of the period), so the order that works
 * depends on what was there before: one that is refused is tried again once another one has been accepted.
 *
 * @throws TsrunError ERR_CGROUP of the first value that is refused for good; some of the others may have been written
 */
export function writeLimits(writes: readonly CgroupWrite[], witness: Witness = () => () => {}): void {
	const [first] = attempt(writes, witness, ['EINVAL', 'EBUSY']);
	if (first !== undefined) throw failure(first);
}

/** Like {@link writeLimits}, but goes on after a value that is refused for good; returns an error for each of these. */
export function restoreLimits(writes: readonly CgroupWrite[]): TsrunError[] {
	return attempt(writes, () => () => {}, 'any').map(failure);
}

interface Refusal {
	readonly write: CgroupWrite;
	readonly cause: unknown;
}

/** @returns the writes that fail whatever else is written; only the first one for an errno that is not among `waiting` */
function attempt(writes: readonly CgroupWrite[], witness: Witness, waiting: readonly string[] | 'any'): Refusal[] {
	for (let pending = writes; pending.length > 0; ) {
		const refused: Refusal[] = [];
		for (const write of pending) {
			refuseBelowUsage(write);
			try {
				writeOne(write, witness);
			} catch (cause) {
				if (waiting !== 'any' && !waiting.includes(errnoOf(cause) ?? '')) return [{ write, cause }];
				refused.push({ write, cause });
			}
		}
		if (refused.length === pending.length) return refused;
		pending = refused.map(({ write }) => write);
	}
	return [];
}

function writeOne(write: CgroupWrite, witness: Witness): void {
	const { file, value, otherwise, tolerated } = write;
	try {
		witnessed(write, file, value, witness);
	} catch (cause) {
		const errno = errnoOf(cause);
		if (otherwise !== undefined && errno === (otherwise.after ?? 'ENOENT')) {
			witnessed(write, otherwise.file, otherwise.value, witness);
		} else if (errno === undefined || !tolerated?.includes(errno)) throw cause;
	}
}

function witnessed(write: CgroupWrite, file: string, value: string, witness: Witness): void {
	const accepted = witness(write, file);
	writeValue(file, value);
	accepted();
}

// cgroup v2 takes a limit below the usage, and kills until it holds.
function refuseBelowUsage({ usage, file, pointer }: CgroupWrite): void {
	if (usage === undefined || !usage.refuse) return;
	const used = usedBytes(usage);
	if (BigInt(usage.limit) > used) return;
	throw new TsrunError('ERR_CGROUP', `rejecting ${usage.of} limit ${usage.limit} <= usage ${used}`, {
		pointer,
		path: file,
		hint: 'Leave out memory.checkBeforeUpdate to have the limit set in any case: the kernel then kills until it holds.',
	});
}

function usedBytes({ current }: MemoryUsage): bigint {
	return current.reduce((sum, file) => sum + BigInt(readValue(file)?.trim() ?? 0), 0n);
}

function failure({ write, cause }: Refusal): TsrunError {
	const { file, value, pointer, usage } = write;
	const errno = errnoOf(cause);
	if (errno === 'EBUSY' && usage?.peak != null) {
		const peak = readValue(usage.peak)?.trim() ?? 'unknown';
		const message = `unable to set ${usage.of} limit to ${value} (current usage: ${usedBytes(usage)}, peak usage: ${peak})`;
		return new TsrunError('ERR_CGROUP', message, { pointer, path: file, errno, syscall: 'write', cause });
	}
	const hint = errno === 'EINVAL' ? whyInvalid(write) : isAbsence(errno) ? whyMissing(file) : undefined;
	const what = `cannot write ${JSON.stringify(value)} to ${file}`;
	return systemFailure(what, cause, { path: file, pointer, hint }, 'ERR_CGROUP');
}

function isAbsence(errno: string | undefined): boolean {
	return errno === 'ENOENT' || errno === 'EACCES' || errno === 'EPERM';
}

/** What the kernel does not like about a value that is well-formed: it does not fit those around it. */
function whyInvalid({ file, usage }: CgroupWrite): string | undefined {
	if (usage !== undefined) {
		return 'memory.swap limits memory and swap together, and must not be less than memory.limit: change both.';
	}
	if (file.endsWith('/cpu.rt_runtime_us') || file.endsWith('/cpu.rt_period_us')) {
		return 'Realtime bandwidth is shared out: what the cgroup above has, less what the cgroups beside this one were given.';
	}
	if (
		file.endsWith('_quota_us') ||
		file.endsWith('_period_us') ||
		file.endsWith('_burst_us') ||
		file.includes('cpu.max')
	) {
		return 'A quota may not pass the share of the cgroup above; burst may not pass the quota; a period has 1 ms to 1 s.';
	}
	if (/cpuset\.\w+$/.test(file)) return 'A cpuset may have what the cgroup above has, and the machine online.';
	return undefined;
}
