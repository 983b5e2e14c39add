import type { Row } from '../usage/sampler.js';
import { bytesText, ofLimit, pairText, percentText, pressureText } from '../usage/words.js';
import { inOrder, type Order, orders } from './order.js';

export interface View {
	readonly rows: readonly Row[];
	readonly order: Order;
	readonly reversed: boolean;
	/** Id of the row under the cursor; undefined: the first one. */
	readonly selected: string | undefined;
	/** What is said in the last line in place of the keys: a question, or how an action ended. */
	readonly notice: string | undefined;
	readonly time: Date;
}

export interface Size {
	readonly columns: number;
	readonly rows: number;
}

/** One line of the screen, and how it stands out. */
export interface Line {
	readonly text: string;
	readonly style: 'plain' | 'heading' | 'selected' | 'notice';
}

interface Column {
	readonly title: string;
	/** Characters with the space in front; the id takes what is left. */
	readonly width: number;
	readonly order?: Order;
	readonly cell: (row: Row) => string;
}

const columns: readonly Column[] = [
	{ title: 'STATUS', width: 9, cell: ({ status }) => status },
	{ title: 'CPU', width: 9, order: 'cpu', cell: ({ cpu }) => percentText(cpu) },
	{
		title: 'MEMORY',
		width: 18,
		order: 'memory',
		cell: ({ usage }) => ofLimit(usage.memory, usage.memoryLimit, bytesText),
	},
	{ title: 'PIDS', width: 11, order: 'pids', cell: ({ usage }) => ofLimit(usage.pids, usage.pidsLimit, String) },
	{ title: 'IO R / W', width: 18, order: 'io', cell: ({ usage }) => pairText(usage.io?.read, usage.io?.written) },
	{ title: 'PSI C M IO', width: 13, cell: ({ usage }) => pressureText(usage.pressure) },
	{ title: 'THROTTLED', width: 10, order: 'throttled', cell: ({ throttled }) => percentText(throttled) },
	{
		title: 'OOM',
		width: 5,
		order: 'oom',
		cell: ({ usage }) => (usage.oomKills === undefined ? '-' : String(usage.oomKills)),
	},
];

const leastIdWidth = 12;
const keys = 'up/down select  space pause/resume  k kill  r reverse  q quit   order: ';

/** The rows of a view as they stand on the screen. */
export function ordered({ rows, order, reversed }: View): Row[] {
	return inOrder(rows, order, reversed);
}

/** The whole screen, no line longer and no more lines than it has. */
export function screenOf(view: View, size: Size): Line[] {
	const rows = ordered(view);
	const shown = columnsFor(size.columns);
	const idWidth = size.columns - shown.reduce((sum, { width }) => sum + width, 0);
	// The title, the heading and the keys take a line each.
	const room = Math.max(0, size.rows - 3);
	const cursor = Math.max(
		0,
		rows.findIndex(({ id }) => id === view.selected),
	);
	const start = Math.min(Math.max(0, cursor - room + 1), Math.max(0, rows.length - room));
	const running = rows.filter(({ status }) => status === 'running').length;
	const cpu = rows.reduce((sum, row) => sum + (row.cpu ?? 0), 0);
	const title = `tsrun top   ${clock(view.time)}   ${rows.length} container${rows.length === 1 ? '' : 's'}, ${running} running   cpu ${percentText(cpu)}`;
	const cells = (id: string, cell: (column: Column) => string) =>
		clipped(id, idWidth).padEnd(idWidth) +
		shown.map((column) => ` ${clipped(cell(column), column.width - 1).padStart(column.width - 1)}`).join('');
	return [
		line(title, 'plain', size),
		line(
			cells(mark('ID', 'name', view), (column) => mark(column.title, column.order, view)),
			'heading',
			size,
		),
		...rows.slice(start, start + room).map((row, index) =>
			line(
				cells(row.id, (column) => column.cell(row)),
				start + index === cursor ? 'selected' : 'plain',
				size,
			),
		),
		...(rows.length === 0 ? [line('no containers', 'plain', size)] : []),
		view.notice === undefined ? line(keysLine(), 'plain', size) : line(view.notice, 'notice', size),
	].slice(0, size.rows);
}

/** A narrow screen loses columns, from the right, and not the id. */
function columnsFor(width: number): readonly Column[] {
	let left = width - leastIdWidth;
	return columns.filter((column) => {
		left -= column.width;
		return left >= 0;
	});
}

function mark(title: string, order: Order | undefined, view: View): string {
	return order === view.order ? `${title}${view.reversed ? '^' : 'v'}` : title;
}

function keysLine(): string {
	return (
		keys +
		Object.entries(orders)
			.map(([name, key]) => `${key} ${name}`)
			.join(' ')
	);
}

function clock(time: Date): string {
	return time.toTimeString().slice(0, 8);
}

function clipped(text: string, width: number): string {
	return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`;
}

function line(text: string, style: Line['style'], { columns: width }: Size): Line {
	return { text: text.slice(0, width), style };
}
