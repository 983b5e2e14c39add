import { TsrunError } from '../../lib/index.js';
import type { Line, Size } from './view.js';

type Escapes = typeof import('ansi-escapes').default;

const styles: Readonly<Record<Line['style'], readonly [on: string, off: string]>> = {
	plain: ['', ''],
	heading: ['\x1b[1m', '\x1b[22m'],
	selected: ['\x1b[7m', '\x1b[27m'],
	notice: ['\x1b[1m', '\x1b[22m'],
};

/** A window without a size, as that of a pipe or a serial line. */
const usualSize: Size = { columns: 80, rows: 24 };

/**
 * The caller's terminal, taken over as a whole: the other screen, raw keys, no cursor. Disposing of it gives everything back.
 */
export class FullScreen implements Disposable {
	readonly #escapes: Escapes;
	readonly #write: (text: string) => Promise<void>;
	readonly #onInput: (text: string) => void;
	readonly #onResize: () => void;
	readonly #receive = (bytes: Buffer): void => this.#onInput(bytes.toString('utf8'));

	private constructor(
		escapes: Escapes,
		write: FullScreen['write'],
		onInput: (text: string) => void,
		onResize: () => void,
	) {
		this.#escapes = escapes;
		this.#write = write;
		this.#onInput = onInput;
		this.#onResize = onResize;
	}

	/**
	 * @param write to the terminal
	 * @param onInput is given what the keys send
	 * @param onResize is called when the window has another size
	 * @throws TsrunError ERR_ARGUMENT when standard input or output is no terminal
	 */
	static async open(
		write: FullScreen['write'],
		onInput: (text: string) => void,
		onResize: () => void,
	): Promise<FullScreen> {
		if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
			throw new TsrunError('ERR_ARGUMENT', 'top needs a terminal for its input and output', {
				hint: 'tsrun stats prints the same once, tsrun metrics for a monitor.',
			});
		}
		const { default: escapes } = await import('ansi-escapes');
		const screen = new FullScreen(escapes, write, onInput, onResize);
		await screen.#enter();
		return screen;
	}

	get size(): Size {
		const { columns, rows } = process.stdout;
		return columns > 0 && rows > 0 ? { columns, rows } : usualSize;
	}

	async write(text: string): Promise<void> {
		await this.#write(text);
	}

	/** Draws over what is there, line by line, so that nothing flickers. */
	async draw(lines: readonly Line[]): Promise<void> {
		const { cursorTo, eraseEndLine, eraseDown } = this.#escapes;
		const text = lines.map((line, row) => {
			const [on, off] = styles[line.style];
			return `${cursorTo(0, row)}${on}${line.text}${off}${eraseEndLine}`;
		});
		await this.#write(
			`${text.join('')}${lines.length < this.size.rows ? `${cursorTo(0, lines.length)}${eraseDown}` : ''}`,
		);
	}

	async #enter(): Promise<void> {
		process.stdin.setRawMode(true);
		process.stdin.on('data', this.#receive);
		process.stdin.resume();
		process.stdout.on('resize', this.#onResize);
		await this.#write(this.#escapes.enterAlternativeScreen + this.#escapes.cursorHide);
	}

	[Symbol.dispose](): void {
		process.stdout.off('resize', this.#onResize);
		process.stdin.off('data', this.#receive);
		process.stdin.setRawMode(false);
		process.stdin.pause();
		void this.#write(this.#escapes.cursorShow + this.#escapes.exitAlternativeScreen);
	}
}
