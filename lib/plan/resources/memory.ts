import type { MemoryResources } from '../../spec/types.js';
import { alone, type CgroupWrite, isSet, type LimitGroup, type LimitRequest, together, write } from './limit.js';

const limits = [
	'limit',
	'swap',
	'reservation',
	'kernelTCP',
	'swappiness',
	'disableOOMKiller',
	'checkBeforeUpdate',
] as const;

/** Limits of memory, and of memory and swap together. */
export function* memoryLimits(request: LimitRequest): Generator<LimitGroup> {
	const { memory } = request.asked;
	if (memory === undefined) return;
	// Deprecated in Linux 5.4; since 5.16 no value but "no limit" is taken.
	if (isSet(memory.kernel)) warnOfKernelMemory(request, 'kernel');
	if (memory.useHierarchy === false) {
		// Linux 5.11 has no other way of accounting.
		request.warn('useHierarchy is ignored: a cgroup always counts what is below it', '/memory/useHierarchy');
	}
	const first = limits.find((name) => isAsked(memory, name));
	if (first === undefined) return;
	const place = request.place('memory', `/memory/${first}`);
	if (place === undefined) return;
	if (place.version === 1) yield* legacy(request, place.directory, memory);
	else yield* unified(request, place.directory, memory, request.whole.memory ?? memory);
}

function warnOfKernelMemory(request: LimitRequest, name: 'kernel' | 'kernelTCP'): void {
	request.warn(`${name} is ignored: kernel memory counts to the memory limit`, `/memory/${name}`);
}

function isAsked(memory: MemoryResources, name: (typeof limits)[number]): boolean {
	// A check without anything to be checked asks for nothing.
	if (name === 'checkBeforeUpdate') return false;
	if (name === 'disableOOMKiller') return memory.disableOOMKiller !== undefined;
	return name === 'swappiness' ? memory.swappiness !== undefined : isSet(memory[name]);
}

function* legacy(request: LimitRequest, directory: string, memory: MemoryResources): Generator<LimitGroup> {
	const { limit, swap, reservation, kernelTCP, swappiness, disableOOMKiller } = memory;
	const writes: CgroupWrite[] = [];
	if (isSet(limit)) {
		const current = [`${directory}/memory.usage_in_bytes`];
		const peak = `${directory}/memory.max_usage_in_bytes`;
		// The kernel reclaims what it can, and answers EBUSY when more than the limit stays.
		const usage = { of: 'memory', limit: String(limit), current, peak, refuse: false };
		writes.push(write(`${directory}/memory.limit_in_bytes`, limit, '/memory/limit', { usage }));
	}
	const file = `${directory}/memory.memsw.limit_in_bytes`;
	if (isSet(swap)) {
		// Without swap accounting (swapaccount=0) there is nothing that could be lifted.
		writes.push(write(file, swap, '/memory/swap', swap < 0 ? { tolerated: ['ENOENT'] } : {}));
	} else if (limit === -1n) {
		// Unlimited memory below a limit of memory and swap together would be no unlimited memory.
		writes.push(write(file, -1, '/memory/limit', { tolerated: ['ENOENT'] }));
	}
	if (writes.length > 0) yield together(writes);
	if (isSet(reservation)) {
		yield alone(`${directory}/memory.soft_limit_in_bytes`, reservation, '/memory/reservation');
	}
	// Buffers of TCP sockets count to this limit alone here (memcg1_charge_skmem), and to that of memory on v2.
	if (isSet(kernelTCP)) yield alone(`${directory}/memory.kmem.tcp.limit_in_bytes`, kernelTCP, '/memory/kernelTCP');
	if (disableOOMKiller !== undefined && !(request.fresh && !disableOOMKiller)) {
		yield alone(`${directory}/memory.oom_control`, disableOOMKiller ? 1 : 0, '/memory/disableOOMKiller', {
			entry: { key: 'oom_kill_disable', absent: '0', bare: true },
		});
	}
	if (swappiness !== undefined) yield alone(`${directory}/memory.swappiness`, swappiness, '/memory/swappiness');
}

function* unified(
	request: LimitRequest,
	directory: string,
	asked: MemoryResources,
	whole: MemoryResources,
): Generator<LimitGroup> {
	if (asked.swappiness !== undefined) {
		const message = 'cannot be had on cgroup v2: there is one swappiness for the whole machine, vm.swappiness';
		request.refuse(message, '/memory/swappiness');
	}
	if (asked.disableOOMKiller === true) {
		const message = 'cannot be had on cgroup v2, where memory that has run out always ends something';
		request.refuse(message, '/memory/disableOOMKiller');
	}
	if (isSet(asked.kernelTCP)) warnOfKernelMemory(request, 'kernelTCP');
	const writes: CgroupWrite[] = [];
	if (isSet(asked.limit) || isSet(asked.swap)) {
		const swap = swapAlone(request, whole);
		if (swap !== undefined) writes.push(swapWrite(directory, swap, whole));
	}
	if (isSet(asked.limit)) {
		const details = { usage: usageOf(directory, 'memory', asked.limit, whole) };
		writes.push(write(`${directory}/memory.max`, orMax(asked.limit), '/memory/limit', details));
	}
	if (writes.length > 0) yield together(writes);
	if (isSet(asked.reservation)) {
		yield alone(`${directory}/memory.low`, orMax(asked.reservation), '/memory/reservation');
	}
}

/** The limit of swap alone that follows from one of memory and swap together; undefined where none was asked for. */
function swapAlone(request: LimitRequest, { limit, swap }: MemoryResources): bigint | undefined {
	if (!isSet(swap)) return limit === -1n ? -1n : undefined;
	// With memory unlimited there is nothing to subtract.
	if (swap < 0 || limit === -1n) return BigInt(swap);
	if (!isSet(limit)) {
		request.refuse('on cgroup v2 a limit of memory and swap together needs a limit of memory', '/memory/swap');
		return undefined;
	}
	if (swap < limit) {
		request.refuse(`must not be less than the memory limit ${limit}, found ${swap}`, '/memory/swap');
		return undefined;
	}
	return BigInt(swap) - BigInt(limit);
}

function swapWrite(directory: string, swap: bigint, whole: MemoryResources): CgroupWrite {
	// A kernel without swap has no file, and no swap is what it limits to.
	const tolerated = swap <= 0n ? { tolerated: ['ENOENT'] } : {};
	const usage = isSet(whole.swap) ? { usage: usageOf(directory, 'memory+swap', whole.swap, whole) } : {};
	return write(`${directory}/memory.swap.max`, orMax(swap), '/memory/swap', { ...tolerated, ...usage });
}

function usageOf(directory: string, of: string, limit: bigint | number, { checkBeforeUpdate }: MemoryResources) {
	const memory = `${directory}/memory.current`;
	return {
		of,
		limit: String(limit),
		current: of === 'memory' ? [memory] : [memory, `${directory}/memory.swap.current`],
		peak: null,
		refuse: checkBeforeUpdate === true && limit > 0,
	};
}

function orMax(bytes: bigint | number): string {
	return bytes < 0 ? 'max' : String(bytes);
}
