import type { Runtime } from '../../lib/index.js';
import { SignalRelay } from '../signals.js';
import { keysOf } from './keys.js';
import { TopSession } from './session.js';
import { FullScreen } from './terminal.js';
import { screenOf } from './view.js';

/** What setTimeout can wait, 24.8 days: more of it is taken for 1 ms. */
const longestTimerMs = 0x7fff_ffff;

/**
 * Shows the live table until a key or a signal ends it.
 *
 * @param intervalMs time between two samples
 * @throws TsrunError ERR_ARGUMENT without a terminal
 */
export async function runTop(
	runtime: Runtime,
	intervalMs: number,
	write: (text: string) => Promise<void>,
): Promise<void> {
	using relay = new SignalRelay();
	const session = new TopSession(runtime);
	// The first sample finds out what cannot be read before the screen is taken over.
	await session.refresh();
	let wake = (): void => {};
	let pending: string[] = [];
	using screen = await FullScreen.open(
		write,
		(text) => {
			pending.push(text);
			wake();
		},
		() => wake(),
	);
	relay.signal.addEventListener('abort', () => wake());
	for (let due = Date.now() + intervalMs; !relay.signal.aborted; ) {
		await screen.draw(screenOf(session.view, screen.size));
		const left = due - Date.now();
		if (left > 0 && pending.length === 0) {
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, Math.min(left, longestTimerMs));
				wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
		const input = pending.join('');
		pending = [];
		for (const key of keysOf(input)) if (!(await session.press(key))) return;
		if (Date.now() < due) continue;
		await session.refresh();
		due = Date.now() + intervalMs;
	}
}
