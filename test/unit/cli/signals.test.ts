import { constants } from 'node:os';
import { forwardedSignals, SignalRelay } from '../../../cli/signals.js';

test('what runc forwards is forwarded, less what belongs to tsrun itself', () => {
	const names = [...forwardedSignals];
	expect(names).toEqual(
		expect.arrayContaining([
			'SIGHUP',
			'SIGINT',
			'SIGQUIT',
			'SIGTERM',
			'SIGUSR1',
			'SIGUSR2',
			'SIGCONT',
			'SIGTSTP',
			'SIGALRM',
		]),
	);
	for (const own of ['SIGKILL', 'SIGSTOP', 'SIGCHLD', 'SIGURG', 'SIGPIPE', 'SIGWINCH', 'SIGSEGV', 'SIGPWR'])
		expect(names).not.toContain(own);
});

test('each number is listed once', () => {
	const numbers = forwardedSignals.map((name) => constants.signals[name]);
	expect(new Set(numbers).size).toBe(numbers.length);
});

test('until a process runs, a request to end aborts the work', () => {
	using relay = new SignalRelay();
	expect(relay.signal.aborted).toBe(false);
	process.emit('SIGTERM', 'SIGTERM');
	expect(relay.signal.aborted).toBe(true);
	expect(relay.signal.reason).toMatchObject({ code: 'ERR_ABORTED', message: 'interrupted by SIGTERM' });
});

test('afterwards signals go to the process', () => {
	using relay = new SignalRelay();
	const delivered: number[] = [];
	relay.forward((signal) => delivered.push(signal));
	process.emit('SIGUSR2', 'SIGUSR2');
	process.emit('SIGTERM', 'SIGTERM');
	expect(delivered).toEqual([constants.signals.SIGUSR2, constants.signals.SIGTERM]);
	expect(relay.signal.aborted).toBe(false);
});

test('what comes before the program runs is kept for it', () => {
	using relay = new SignalRelay();
	relay.hold();
	process.emit('SIGTERM', 'SIGTERM');
	process.emit('SIGUSR1', 'SIGUSR1');
	expect(relay.signal.aborted).toBe(false);
	const delivered: number[] = [];
	relay.forward((signal) => delivered.push(signal));
	expect(delivered).toEqual([constants.signals.SIGTERM, constants.signals.SIGUSR1]);
});

test('nothing is left behind', () => {
	const before = process.listenerCount('SIGTERM');
	{
		using relay = new SignalRelay();
		relay.forward(() => undefined);
		expect(process.listenerCount('SIGTERM')).toBe(before + 1);
	}
	expect(process.listenerCount('SIGTERM')).toBe(before);
});
