// A plot with two logarithmic axes, as SVG text: there a straight line that rises by one for one is linear growth.
const [width, height] = [760, 460];
const frame = { left: 64, right: 250, top: 20, bottom: 44 };
const colours = ['#0b6e99', '#b5432c', '#3d7f3d', '#7a4fa3', '#a97900', '#444444', '#c2185b'];

/** @param series each with a name and points of `size` and `median` nanoseconds */
export function growthPlot(series) {
	const points = series.flatMap((one) => one.points);
	const x = axis(
		points.map(({ size }) => size),
		frame.left,
		width - frame.right,
	);
	const y = axis(
		points.map(({ median }) => median / 1e6),
		height - frame.bottom,
		frame.top,
	);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
		'<title>Time of a call by the number of what it is about, both axes logarithmic</title>',
		`<rect width="${width}" height="${height}" fill="#ffffff"/>`,
		...x.ticks.flatMap((tick) => [
			line(x.at(tick), frame.top, x.at(tick), height - frame.bottom),
			text(x.at(tick), height - frame.bottom + 18, tick, 'middle'),
		]),
		...y.ticks.flatMap((tick) => [
			line(frame.left, y.at(tick), width - frame.right, y.at(tick)),
			text(frame.left - 8, y.at(tick) + 4, `${tick} ms`, 'end'),
		]),
		text((frame.left + width - frame.right) / 2, height - 8, 'how many', 'middle'),
		...series.flatMap(({ name, points: own }, index) => curve(name, own, x, y, colours[index % colours.length])),
		...series.map(({ name }, index) => text(width - frame.right + 34, frame.top + 16 + index * 22, name, 'start')),
		...series.map(
			(_, index) =>
				`<rect x="${width - frame.right + 16}" y="${frame.top + 7 + index * 22}" width="12" height="10" fill="${colours[index % colours.length]}"/>`,
		),
		'</svg>\n',
	].join('\n');
}

/** A logarithmic scale from whole power of ten to whole power of ten. */
function axis(values, from, to) {
	const low = Math.floor(Math.log10(Math.min(...values)));
	const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
	const at = (value) => round(from + ((Math.log10(value) - low) / (high - low)) * (to - from));
	return { at, ticks: Array.from({ length: high - low + 1 }, (_, power) => 10 ** (low + power)) };
}

function curve(name, points, x, y, colour) {
	const places = points.map(({ size, median }) => [x.at(size), y.at(median / 1e6)]);
	return [
		`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.join(',')).join(' ')}"><title>${name}</title></polyline>`,
		...places.map(([left, top]) => `<circle cx="${left}" cy="${top}" r="3.5" fill="${colour}"/>`),
	];
}

const round = (value) => Math.round(value * 10) / 10;
const line = (x1, y1, x2, y2) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#dddddd"/>`;
const text = (left, top, words, anchor) =>
	`<text x="${left}" y="${top}" text-anchor="${anchor}" fill="#222222">${words}</text>`;
