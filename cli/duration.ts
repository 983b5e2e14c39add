import { TsrunError } from '../lib/index.js';

/** Milliseconds of each unit of Go's time.ParseDuration. */
const units: Readonly<Record<string, number>> = {
	ns: 1e-6,
	us: 1e-3,
	µs: 1e-3,
	μs: 1e-3,
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
};

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * A duration as callers written in Go give it: `300ms`, `1.5h`, `1m30s`.
 *
 * @returns milliseconds
 * @throws TsrunError ERR_ARGUMENT
 */
export function parseDuration(name: string, text: string): number {
	const sign = text.startsWith('-') ? -1 : 1;
	const body = text.replace(/^[+-]/, '');
	if (body === '0') return 0;
	let total = 0;
	part.lastIndex = 0;
	while (part.lastIndex < body.length) {
		const [, number = '', unit = ''] = part.exec(body) ?? [];
		const factor = units[unit];
		if (factor === undefined) throw malformed(name, text);
		total += Number(number) * factor;
	}
	if (body === '') throw malformed(name, text);
	return sign * total;
}

function malformed(name: string, text: string): TsrunError {
	const message = `invalid value ${JSON.stringify(text)} for --${name}: a duration such as 500ms or 1m30s is expected`;
	return new TsrunError('ERR_ARGUMENT', message);
}
