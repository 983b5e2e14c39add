import { ms, tails } from './judge.mjs';

export const head = [
	'| by | cgroups | cycles | p99 of the first tenth, ms | of the last | heap, KiB | resident, KiB | descriptors | left behind |',
	'|---|---|---|---|---|---|---|---|---|',
];

/** What came of a part, as a line of a Markdown table. */
export function rowOf({ how, view, cycles, times, before, after, left }) {
	const { first, last } = tails(times);
	const kib = (name) =>
		before === undefined ? '' : `${Math.round(before[name] / 1024)} → ${Math.round(after[name] / 1024)}`;
	const open = before === undefined ? '' : `${before.descriptors} → ${after.descriptors}`;
	const named = Object.entries(left).filter(([name, count]) => name !== 'keys' && count > 0);
	const remains = named.length === 0 ? 'nothing' : named.map(([name, count]) => `${count} ${name}`).join(', ');
	return `| ${[how, view, cycles, ms(first), ms(last), kib('heap'), kib('resident'), open, remains].join(' | ')} |`;
}
