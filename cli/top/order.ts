import type { Row } from '../usage/sampler.js';

/** What rows can be ordered by; each with the key that asks for it. */
export const orders = {
	name: 'n',
	cpu: 'c',
	memory: 'm',
	pids: 'p',
	io: 'i',
	throttled: 't',
	oom: 'o',
} as const;

export type Order = keyof typeof orders;

const amount: Readonly<Record<Exclude<Order, 'name'>, (row: Row) => number>> = {
	cpu: ({ cpu }) => cpu ?? -1,
	memory: ({ usage }) => Number(usage.memory ?? -1n),
	pids: ({ usage }) => Number(usage.pids ?? -1n),
	io: ({ usage }) => (usage.io === undefined ? -1 : Number(usage.io.read + usage.io.written)),
	throttled: ({ throttled }) => throttled ?? -1,
	oom: ({ usage }) => Number(usage.oomKills ?? -1n),
};

/** The rows with the largest amount first, or by name; equals by name, so that rows do not dance. */
export function inOrder(rows: readonly Row[], order: Order, reversed: boolean): Row[] {
	const byName = (a: Row, b: Row) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
	const compare = order === 'name' ? byName : (a: Row, b: Row) => amount[order](b) - amount[order](a) || byName(a, b);
	return rows.toSorted((a, b) => (reversed ? compare(b, a) : compare(a, b)));
}
