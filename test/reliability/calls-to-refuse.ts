import type { TracedCall } from '../harness/traced-calls.js';
import { sample } from './sample.js';

/**
 * Calls that are not refused here: those the kernel never refuses (a close(2) that strace keeps from happening would be another
 * fault than one that fails), and those of the JavaScript engine's memory and threads, for which nobody can stand in.
 */
const exempt =
	/^(arch_prctl|brk|close|exit|exit_group|futex|get(p|t|eu|eg|u|g)id|madvise|mmap|mprotect|munmap|rseq|rt_sig\w+|sched_yield|set_robust_list|set_tid_address|sigaltstack|umask)$/;

/** From here on the calls are ours: before it, the dynamic linker and the engine start. */
const ours = /tsrun\.node"/;

/**
 * The calls of the program and of the init helper. A number counts in each process by itself, so that one of the helper's cannot be
 * hit where it would hit the start of the engine as well.
 */
export function callsToRefuse(calls: readonly TracedCall[]): readonly TracedCall[] {
	const main = calls[0]?.thread;
	const started = calls.findIndex(({ text }) => ours.test(text));
	const startUp = new Map<string, number>();
	for (const { name, number } of calls.slice(0, started)) startUp.set(name, number);
	const wanted = new Map<string, TracedCall>();
	for (const call of calls) {
		const { name, number, thread } = call;
		if (exempt.test(name) || number <= (startUp.get(name) ?? 0)) continue;
		const key = `${name} ${number}`;
		if (thread === main || !wanted.has(key)) wanted.set(key, call);
	}
	return [...wanted.values()];
}

/** One of each system call, and of all of them so many more. */
export function oneOfEach(places: readonly TracedCall[], more: number): readonly TracedCall[] {
	const first = new Map(places.toReversed().map((place) => [place.name, place]));
	return [...new Set([...first.values(), ...sample(places, more)])];
}
