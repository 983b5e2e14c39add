import { constants } from 'node:os';
import { TsrunError } from '../errors/index.js';

// The C library keeps 32 and 33 for itself (glibc; musl 32-34), so that "SIGRTMIN" means 34 in every shell's table.
const realtimeMinimum = 34;
const realtimeMaximum = 64;

/**
 * The number of a signal as people write it: decimal (0, which only asks whether the process is there, too), or a name
 * in any case with or without `SIG`, `RTMIN+n` and `RTMAX-n` among them. The kernel judges the range of a number.
 *
 * @throws TsrunError ERR_SIGNAL `unknown signal "x"`
 */
export function parseSignal(text: string): number {
	const number = /^\d{1,9}$/.test(text) ? Number(text) : numberByName(text.toUpperCase());
	if (number === undefined) throw new TsrunError('ERR_SIGNAL', `unknown signal ${JSON.stringify(text)}`);
	return number;
}

function numberByName(upper: string): number | undefined {
	const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
	const table: Readonly<Record<string, number>> = constants.signals;
	if (Object.hasOwn(table, name)) return table[name];
	if (name === 'SIGCLD') return constants.signals.SIGCHLD;
	const realtime = /^SIGRT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
	if (realtime === null) return undefined;
	const [, base, sign, distance = '0'] = realtime;
	const number = (base === 'MIN' ? realtimeMinimum : realtimeMaximum) + Number(`${sign ?? '+'}${distance}`);
	return number >= realtimeMinimum && number <= realtimeMaximum ? number : undefined;
}

/** The usual name of a signal: `SIGTERM`, `SIGRTMIN+3`; the decimal number where it has none. */
export function signalName(number: number): string {
	// SIGABRT and SIGIO stand in the table before their other names.
	for (const [name, value] of Object.entries(constants.signals)) {
		if (value === number && name !== 'SIGIOT' && name !== 'SIGPOLL') return name;
	}
	if (number === realtimeMinimum) return 'SIGRTMIN';
	if (number > realtimeMinimum && number <= realtimeMaximum) return `SIGRTMIN+${number - realtimeMinimum}`;
	return String(number);
}
