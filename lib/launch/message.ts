import { TsrunError } from '../errors/index.js';
import { viewOf } from './view-of.js';

// addon/wire/messages.h: enum tsrun_report.
const reportKinds = [
	undefined,
	'fault',
	'warning',
	'barrier',
	'forked',
	'console',
	'seccomp',
	'going',
	'times',
	'tree',
] as const;

/** What the helper reports. It runs next to code that nobody trusts: every member is checked before it is used. */
export interface Report {
	readonly kind: Exclude<(typeof reportKinds)[number], undefined>;
	/** Index of the plan's step that it is about. */
	readonly step: number;
	/** errno, wait status, pid or barrier id, by kind. */
	readonly value: number;
	/** Index into addon/wire/calls.def. */
	readonly call: number;
	readonly text: string;
}

/** Largest message of the helper: the head and TSRUN_TEXT_MAX. */
export const maxReportBytes = 16 + 4096;

/**
 * Reads one message of the helper.
 *
 * @throws TsrunError ERR_NATIVE when it is not one that the wire format has
 */
export function decodeReport(data: Buffer): Report {
	const words = viewOf(data);
	const kind = data.length < 16 ? undefined : reportKinds[words.getUint32(0, true)];
	if (kind === undefined) {
		throw new TsrunError('ERR_NATIVE', `the init helper sent ${data.length} bytes that are no message of its protocol`);
	}
	return {
		kind,
		step: words.getUint32(4, true),
		value: words.getInt32(8, true),
		call: words.getUint32(12, true),
		text: data.toString('utf8', 16, Math.min(data.length, maxReportBytes)),
	};
}

const commandKinds = { release: 1, go: 2 } as const;

export function encodeCommand(kind: keyof typeof commandKinds, id: number): Buffer {
	const data = Buffer.allocUnsafe(8);
	const words = viewOf(data);
	words.setUint32(0, commandKinds[kind], true);
	words.setUint32(4, id, true);
	return data;
}
