import { oneLine, type Runtime } from '../../lib/index.js';
import { Sampler } from '../usage/sampler.js';
import type { Key } from './keys.js';
import { type Order, orders } from './order.js';
import { ordered, type View } from './view.js';

const sigkill = 9;
const orderByKey = new Map(Object.entries(orders).map(([order, key]): [string, Order] => [key, order as Order]));

/** What `top` shows and does: a view that samples and keys change. Knows nothing of a terminal. */
export class TopSession {
	readonly #runtime: Runtime;
	readonly #sampler: Sampler;
	#view: View = { rows: [], order: 'cpu', reversed: false, selected: undefined, notice: undefined, time: new Date() };
	/** The container that is killed if the next key is `y`. */
	#doomed: string | undefined;

	constructor(runtime: Runtime) {
		this.#runtime = runtime;
		this.#sampler = new Sampler(runtime);
	}

	get view(): View {
		return this.#view;
	}

	async refresh(): Promise<void> {
		const rows = await this.#sampler.sample();
		this.#view = { ...this.#view, rows, time: new Date() };
	}

	/** @returns false when the key asks to end */
	async press(key: Key): Promise<boolean> {
		if (key === 'interrupt') return false;
		const doomed = this.#doomed;
		if (doomed !== undefined) {
			this.#doomed = undefined;
			this.#view = { ...this.#view, notice: undefined };
			if (key === 'y') await this.#act(`killed ${doomed}`, async () => (await this.#runtime.get(doomed)).kill(sigkill));
			return true;
		}
		this.#view = { ...this.#view, notice: undefined };
		if (key === 'q' || key === 'escape') return false;
		const order = orderByKey.get(key);
		if (order !== undefined) this.#view = { ...this.#view, order };
		else if (key === 'r') this.#view = { ...this.#view, reversed: !this.#view.reversed };
		else if (key === ' ') await this.#pauseOrResume();
		else if (key === 'k') this.#ask();
		else this.#move(key);
		return true;
	}

	get #selected(): { id: string; status: string } | undefined {
		const rows = ordered(this.#view);
		return rows.find(({ id }) => id === this.#view.selected) ?? rows[0];
	}

	#move(key: Key): void {
		const rows = ordered(this.#view);
		const at = Math.max(
			0,
			rows.findIndex(({ id }) => id === this.#view.selected),
		);
		const places = new Map([
			['up', at - 1],
			['down', at + 1],
			['first', 0],
			['last', rows.length - 1],
		]);
		const to = places.get(key);
		if (to === undefined) return;
		this.#view = { ...this.#view, selected: rows[Math.min(Math.max(0, to), rows.length - 1)]?.id };
	}

	async #pauseOrResume(): Promise<void> {
		const selected = this.#selected;
		if (selected === undefined) return;
		const { id, status } = selected;
		const resume = status === 'paused';
		await this.#act(`${resume ? 'resumed' : 'paused'} ${id}`, async () => {
			const container = await this.#runtime.get(id);
			await (resume ? container.resume() : container.pause());
		});
		await this.refresh();
	}

	#ask(): void {
		this.#doomed = this.#selected?.id;
		if (this.#doomed !== undefined)
			this.#view = { ...this.#view, notice: `kill ${this.#doomed}? y: yes, any other key: no` };
	}

	/** A refusal is told on the screen: the table goes on. */
	async #act(done: string, action: () => Promise<void>): Promise<void> {
		let notice = done;
		try {
			await action();
		} catch (error) {
			notice = oneLine(error);
		}
		this.#view = { ...this.#view, notice };
	}
}
