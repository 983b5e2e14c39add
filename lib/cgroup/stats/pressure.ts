import { readValue } from '../value.js';

/** Pressure stall information of one resource (Documentation/accounting/psi.rst). */
export interface PressureStats {
	/** At least one task waited for the resource. */
	readonly some: Pressure;
	/** All tasks that were not idle waited at the same time. */
	readonly full: Pressure;
}

/** One line of pressure stall information. */
export interface Pressure {
	/** Percent of the time, over the last ten seconds. */
	readonly avg10: number;
	/** Percent of the time, over the last minute. */
	readonly avg60: number;
	/** Percent of the time, over the last five minutes. */
	readonly avg300: number;
	/** Microseconds. */
	readonly total: bigint;
}

const none: Pressure = { avg10: 0, avg60: 0, avg300: 0, total: 0n };

/** @returns undefined on cgroup v1, before Linux 4.20, and where it is turned off (cgroup.pressure, psi=0) */
export function readPressure(directory: string, resource: 'cpu' | 'memory' | 'io'): PressureStats | undefined {
	const text = readValue(`${directory}/${resource}.pressure`);
	return text === undefined ? undefined : parsePressure(text);
}

/** The cpu has no line `full` before Linux 5.13. */
export function parsePressure(text: string): PressureStats | undefined {
	const lines = new Map<string, Pressure>();
	for (const line of text.split('\n')) {
		const [kind = '', ...fields] = line.split(' ');
		const values = new Map(fields.map((field): [string, string] => [...field.split('=', 2), ''] as [string, string]));
		const total = values.get('total');
		if (total === undefined) continue;
		const average = (name: string) => Number(values.get(name) ?? 0);
		lines.set(kind, {
			avg10: average('avg10'),
			avg60: average('avg60'),
			avg300: average('avg300'),
			total: BigInt(total),
		});
	}
	return lines.size === 0 ? undefined : { some: lines.get('some') ?? none, full: lines.get('full') ?? none };
}
