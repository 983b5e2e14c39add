// `node bench/trace-picture.mjs TRACE.json OUT.svg`: a trace of --trace as a picture, for those without a viewer at hand.
import { readFileSync, writeFileSync } from 'node:fs';

const [from, to] = process.argv.slice(2);
if (to === undefined) {
	console.error('usage: trace-picture.mjs TRACE.json OUT.svg');
	process.exit(2);
}
const spans = JSON.parse(readFileSync(from, 'utf8')).traceEvents.filter(({ ph }) => ph === 'X');
const [width, left, right, rowHeight] = [1100, 10, 10, 22];
const whole = Math.max(...spans.map(({ ts, dur }) => ts + dur));
const scale = (width - left - right) / whole;
const colours = { phase: '#dce6f2', host: '#8fb3d9', init: '#9cc79c' };

// A span lies one row below the innermost one that it is within.
let rows = 0;
const placed = [];
for (const tid of [1, 2]) {
	const open = [];
	const first = rows;
	for (const span of spans.filter((one) => one.tid === tid)) {
		while (open.length > 0 && open.at(-1).ts + open.at(-1).dur <= span.ts) open.pop();
		const row = first + open.length;
		open.push(span);
		rows = Math.max(rows, row + 1);
		placed.push({ ...span, row });
	}
	rows += 0.5;
}

const height = Math.ceil(rows * rowHeight + 34);
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const round = (value) => Math.round(value * 100) / 100;
const ms = (microseconds) => `${(microseconds / 1000).toFixed(3)} ms`;
const boxes = placed.map(({ name, cat, ts, dur, row }) => {
	const [x, y, wide] = [round(left + ts * scale), round(8 + row * rowHeight), round(Math.max(dur * scale, 0.4))];
	const title = `<title>${escaped(name)}: ${ms(dur)}</title>`;
	const box = `<rect x="${x}" y="${y}" width="${wide}" height="${rowHeight - 3}" fill="${colours[cat]}" stroke="#ffffff" stroke-width="0.4">${title}</rect>`;
	const letters = Math.floor((wide - 6) / 6);
	if (letters < 4) return box;
	const label = name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
	return `${box}<text x="${x + 3}" y="${y + 13}">${escaped(label)}</text>`;
});
const step = 10 ** Math.floor(Math.log10(whole)) / 2;
const ticks = Array.from({ length: Math.floor(whole / step) + 1 }, (_, index) => index * step);
const axis = ticks.map((tick) => {
	const x = round(left + tick * scale);
	return `<line x1="${x}" y1="4" x2="${x}" y2="${height - 22}" stroke="#eeeeee"/><text x="${x}" y="${height - 8}" text-anchor="middle">${tick / 1000} ms</text>`;
});
writeFileSync(
	to,
	[
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#222222">`,
		'<title>Timeline of one call: above the runtime, below init in the namespaces of the container</title>',
		`<rect width="${width}" height="${height}" fill="#ffffff"/>`,
		...axis,
		...boxes,
		'</svg>\n',
	].join('\n'),
);
