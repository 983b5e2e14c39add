import { bitBytes, idleVersion, quotaProperties } from './cpu-properties.js';
import { infinity, type PropertyTarget, property, type UnitProperty } from './unit-property.js';

/** Files with one number, or `max`, and the properties that systemd fills them from. */
const numbers: Readonly<Record<string, string>> = {
	'cpu.weight': 'CPUWeight',
	'io.weight': 'IOWeight',
	'memory.high': 'MemoryHigh',
	'memory.low': 'MemoryLow',
	'memory.max': 'MemoryMax',
	'memory.min': 'MemoryMin',
	'memory.swap.max': 'MemorySwapMax',
	'memory.zswap.max': 'MemoryZSwapMax',
	'pids.max': 'TasksMax',
};

const sinceVersion: Readonly<Record<string, number>> = { 'memory.zswap.max': 253 };

/**
 * Files of `unified` as properties, as far as systemd has any. A value that is not of the shape that systemd knows is
 * the kernel's to judge, and not ours: it is left out here.
 */
export function* unifiedProperties(
	files: Readonly<Record<string, string>>,
	{ version }: PropertyTarget,
): Generator<UnitProperty> {
	for (const [file, text] of Object.entries(files)) {
		const value = text.trim();
		const name = numbers[file];
		if (name !== undefined && version >= (sinceVersion[file] ?? 0)) yield* numberProperty(name, value);
		else if (file === 'cpu.max') yield* maximumProperties(value, version);
		else if (file === 'cpuset.cpus' && isList(value) && version >= 244)
			yield property('AllowedCPUs', 'ay', bitBytes(value));
		else if (file === 'cpuset.mems' && isList(value) && version >= 244) {
			yield property('AllowedMemoryNodes', 'ay', bitBytes(value));
		}
	}
	if (files['cpu.idle']?.trim() === '1' && version >= idleVersion) yield property('CPUWeight', 't', 0n);
}

function* numberProperty(name: string, value: string): Generator<UnitProperty> {
	const text = value.replace(/^default\s+/, '');
	if (text === 'max') yield property(name, 't', infinity);
	else if (/^\d+$/.test(text)) yield property(name, 't', name === 'TasksMax' && text === '0' ? 1n : BigInt(text));
}

/** `QUOTA [PERIOD]`, microseconds. */
function* maximumProperties(value: string, version: number): Generator<UnitProperty> {
	const [, quota, period] = /^(max|\d+)(?:\s+(\d+))?$/.exec(value) ?? [];
	if (quota === undefined) return;
	yield* quotaProperties(
		quota === 'max' ? -1n : BigInt(quota),
		period === undefined ? undefined : BigInt(period),
		version,
	);
}

function isList(value: string): boolean {
	return /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(value);
}
