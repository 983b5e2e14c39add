import { TsrunError } from '../errors/index.js';

// From 1 on, as asm-generic/signal.h has them, and with it every architecture that Node runs on. node:os knows them too,
// but to load it takes a Bun program as long as reading a state file, and the foreground of `run` needs them each time.
const names = (
	'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU ' +
	'XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ');

const otherNames = new Map<string, string>([
	['CLD', 'CHLD'],
	['IOT', 'ABRT'],
	['POLL', 'IO'],
]);

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

/**
 * The number of a signal that is given either way.
 *
 * @throws TsrunError ERR_SIGNAL `unknown signal "x"`
 */
export function signalNumber(signal: number | string): number {
	return typeof signal === 'number' ? signal : parseSignal(signal);
}

function numberByName(upper: string): number | undefined {
	const name = upper.startsWith('SIG') ? upper.slice(3) : upper;
	const place = names.indexOf(otherNames.get(name) ?? name);
	if (place >= 0) return place + 1;
	const realtime = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
	if (realtime === null) return undefined;
	const [, base, sign, distance = '0'] = realtime;
	const number = (base === 'MIN' ? realtimeMinimum : realtimeMaximum) + Number(`${sign ?? '+'}${distance}`);
	return number >= realtimeMinimum && number <= realtimeMaximum ? number : undefined;
}

/** The usual name of a signal: `SIGTERM`, `SIGRTMIN+3`; the decimal number where it has none. */
export function signalName(number: number): string {
	const name = names[number - 1];
	if (name !== undefined) return `SIG${name}`;
	if (number === realtimeMinimum) return 'SIGRTMIN';
	if (number > realtimeMinimum && number <= realtimeMaximum) return `SIGRTMIN+${number - realtimeMinimum}`;
	return String(number);
}
