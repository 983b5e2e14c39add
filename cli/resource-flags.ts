import { type Resources, readResources, type UpdateOptions } from '../lib/index.js';
import type { Values } from './command.js';
import type { Context } from './context.js';
import { readDocument } from './document.js';
import { wrongValue } from './parse.js';
import { sizeOf } from './size.js';
import type { updateOptions } from './update-options.js';

type Given = Values<typeof updateOptions>;

/**
 * The limits that `update` is asked for: those of `--resources` when it is given, otherwise those of the single options.
 *
 * @throws TsrunError ERR_ARGUMENT for a value that is no number, ConfigError for a resources object that breaks the spec.
 */
export async function resourcesOf(given: Given, context: Context): Promise<Resources> {
	const { resources: source } = given;
	if (!source) return fromFlags(given);
	if (source === '-') return readResources(await context.readInput(), 'standard input');
	return readResources(readDocument('resources', source), source);
}

function fromFlags(given: Given): Resources {
	const memory = defined({
		limit: sizeFlag(given, 'memory'),
		reservation: sizeFlag(given, 'memory-reservation'),
		swap: sizeFlag(given, 'memory-swap'),
		// Nothing comes of it but the warning that nothing does.
		kernel: sizeFlag(given, 'kernel-memory'),
		kernelTCP: sizeFlag(given, 'kernel-memory-tcp'),
	});
	// Lifting the limit of memory alone would leave one for memory and swap below it, which the kernel refuses.
	if (memory?.limit === -1n && memory.swap === undefined) memory.swap = -1n;
	const cpu = defined({
		shares: integerFlag(given, 'cpu-share'),
		quota: integerFlag(given, 'cpu-quota'),
		burst: integerFlag(given, 'cpu-burst'),
		period: integerFlag(given, 'cpu-period'),
		realtimeRuntime: integerFlag(given, 'cpu-rt-runtime'),
		realtimePeriod: integerFlag(given, 'cpu-rt-period'),
		idle: idleFlag(given['cpu-idle']),
		cpus: given['cpuset-cpus'] || undefined,
		mems: given['cpuset-mems'] || undefined,
	});
	const weight = given['blkio-weight'];
	const pids = given['pids-limit'];
	return {
		...(memory === undefined ? {} : { memory }),
		...(cpu === undefined ? {} : { cpu }),
		...(weight === undefined || weight === 0 ? {} : { blockIO: { weight } }),
		...(pids === undefined ? {} : { pids: { limit: BigInt(pids) } }),
	};
}

/** What is asked of the container's group in resctrl, beside its limits: runc takes these also along with --resources. */
export function schemataOf(given: Given): UpdateOptions {
	const intelRdt = defined({
		l3CacheSchema: given['l3-cache-schema'] || undefined,
		memBwSchema: given['mem-bw-schema'] || undefined,
	});
	return intelRdt === undefined ? {} : { intelRdt };
}

type Defined<T> = { -readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The members that have a value, or `undefined` when none has. */
function defined<T extends object>(members: T): Defined<T> | undefined {
	const present = Object.entries(members).filter(([, value]) => value !== undefined);
	return present.length === 0 ? undefined : (Object.fromEntries(present) as Defined<T>);
}

/** The options that take a negative number, which means no limit. */
const unlimited: readonly string[] = ['cpu-quota', 'cpu-rt-runtime'];

function integerFlag(given: Given, name: keyof Given & `cpu-${string}`): bigint | undefined {
	const text = given[name];
	if (text === undefined || text === '') return undefined;
	const pattern = unlimited.includes(name) ? /^-?\d{1,18}$/ : /^\d{1,18}$/;
	if (!pattern.test(text)) throw wrongValue(name, text, 'a decimal number is expected');
	return BigInt(text);
}

function idleFlag(text: string | undefined): number | undefined {
	if (text === undefined || text === '') return undefined;
	if (text !== '0' && text !== '1') throw wrongValue('cpu-idle', text, 'use 0 or 1');
	return Number(text);
}

type SizeOption = 'memory' | 'memory-reservation' | 'memory-swap' | 'kernel-memory' | 'kernel-memory-tcp';

function sizeFlag(given: Given, name: SizeOption): bigint | undefined {
	const text = given[name];
	if (text === undefined || text === '') return undefined;
	const size = sizeOf(text);
	if (size === undefined) throw wrongValue(name, text, 'bytes, or a number with k, m, g or t, or -1 is expected');
	return size;
}
