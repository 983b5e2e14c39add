import { ends, settled } from './course.mjs';
import { ms } from './judge.mjs';

const columns = [
	'by',
	'cgroups',
	'cycles',
	'median, ms',
	'p99, ms',
	'slowest, ms',
	'control: median, ms',
	'control: p99, ms',
	'heap, KiB',
	'resident, KiB',
	'descriptors',
	'left behind',
];

export const head = [`| ${columns.join(' | ')} |`, `|${'---|'.repeat(columns.length)}`];

/** What came of a part, as a line of a Markdown table. */
export function rowOf({ how, view, cycles, times, controls, before, after, left }) {
	const between = (all, share) => {
		const { first, last } = ends(settled(all), share);
		return `${ms(first)} → ${ms(last)}`;
	};
	const slowest = ms(times.reduce((most, time) => Math.max(most, time), 0));
	const kib = (name) =>
		before === undefined ? '' : `${Math.round(before[name] / 1024)} → ${Math.round(after[name] / 1024)}`;
	const open = before === undefined ? '' : `${before.descriptors} → ${after.descriptors}`;
	const named = Object.entries(left).filter(([name, count]) => name !== 'keys' && count > 0);
	const remains = named.length === 0 ? 'nothing' : named.map(([name, count]) => `${count} ${name}`).join(', ');
	const [own, control] = [times, controls].map((all) => [between(all, 0.5), between(all, 0.99)]);
	return `| ${[how, view, cycles, ...own, slowest, ...control, kib('heap'), kib('resident'), open, remains].join(' | ')} |`;
}
