import type { ContainerState, ContainerStats, PressureStats } from '../../lib/index.js';

/** A container with one sample of what it uses; without one when it has no processes. */
export interface Measured {
	readonly state: ContainerState;
	readonly stats?: ContainerStats | undefined;
}

type Labels = Readonly<Record<string, string>>;

interface Sample {
	/** What comes behind the family's name: `_total` or nothing. */
	readonly suffix: string;
	readonly labels: Labels;
	readonly value: bigint | number | string;
}

const statuses = ['creating', 'created', 'running', 'paused', 'stopped'] as const;

/**
 * The OpenMetrics 1.0 text of containers, as Prometheus scrapes it. Each family stands together, has its unit in its name, and
 * counters end in `_total`. node_exporter reads files by the rules of the older text format, which refuses types that it does not
 * know: `info` is a gauge here.
 */
export function openMetrics(measured: readonly Measured[]): string {
	const page = new Page();
	page.family(
		'tsrun_containers',
		'gauge',
		'Containers under the state root, by status.',
		'',
		statuses.map((status) => ({
			suffix: '',
			labels: { status },
			value: measured.filter(({ state }) => state.status === status).length,
		})),
	);
	page.family(
		'tsrun_container_info',
		'gauge',
		'A container; the value is always 1.',
		'',
		measured.map(({ state }) => ({
			suffix: '',
			labels: { id: state.id, bundle: state.bundle, status: state.status, owner: state.owner },
			value: 1,
		})),
	);
	const each = (
		read: (stats: ContainerStats) => Iterable<readonly [Labels, bigint | number | string]>,
		suffix: string,
	) =>
		measured.flatMap(({ state: { id }, stats }) =>
			stats === undefined
				? []
				: [...read(stats)].map(([labels, value]): Sample => ({ suffix, labels: { id, ...labels }, value })),
		);
	const counter: Adder = (name, unit, help, read) => page.family(name, 'counter', help, unit, each(read, '_total'));
	const gauge: Adder = (name, unit, help, read) => page.family(name, 'gauge', help, unit, each(read, ''));
	addProcessor(counter);
	addMemory(counter, gauge);
	addRest(counter, gauge);
	return page.end();
}

type Adder = (
	name: string,
	unit: string,
	help: string,
	read: (stats: ContainerStats) => Iterable<readonly [Labels, bigint | number | string]>,
) => void;

const none: Labels = {};

function addProcessor(counter: Adder): void {
	counter('tsrun_container_cpu_seconds', 'seconds', 'Processor time.', function* ({ cpu }) {
		if (cpu === undefined) return;
		yield [{ mode: 'user' }, seconds(cpu.user, 9)];
		yield [{ mode: 'kernel' }, seconds(cpu.kernel, 9)];
	});
	counter('tsrun_container_cpu_periods', '', 'Periods of the processor quota.', function* ({ cpu }) {
		if (cpu !== undefined) yield [none, cpu.throttling.periods];
	});
	counter('tsrun_container_cpu_throttled_periods', '', 'Periods in which the quota was used up.', function* ({ cpu }) {
		if (cpu !== undefined) yield [none, cpu.throttling.throttledPeriods];
	});
	counter(
		'tsrun_container_cpu_throttled_seconds',
		'seconds',
		'Time in which tasks waited for quota.',
		function* ({ cpu }) {
			if (cpu !== undefined) yield [none, seconds(cpu.throttling.throttledTime, 9)];
		},
	);
}

function addMemory(counter: Adder, gauge: Adder): void {
	gauge('tsrun_container_memory_usage_bytes', 'bytes', 'Memory in use, page cache included.', function* ({ memory }) {
		if (memory !== undefined) yield [none, memory.usage.current];
	});
	gauge('tsrun_container_memory_limit_bytes', 'bytes', 'Limit of memory; +Inf for none.', function* ({ memory }) {
		if (memory !== undefined) yield [none, limit(memory.usage.limit)];
	});
	gauge('tsrun_container_memory_cache_bytes', 'bytes', 'Page cache.', function* ({ memory }) {
		if (memory !== undefined) yield [none, memory.cache];
	});
	counter('tsrun_container_memory_limit_hits', '', 'How often the limit of memory was hit.', function* ({ memory }) {
		if (memory !== undefined) yield [none, memory.usage.failures];
	});
	counter('tsrun_container_oom_kills', '', 'Processes killed because memory had run out.', function* ({ memory }) {
		if (memory?.oomKills !== undefined) yield [none, memory.oomKills];
	});
}

function addRest(counter: Adder, gauge: Adder): void {
	gauge('tsrun_container_processes', '', 'Processes and threads.', function* ({ pids }) {
		if (pids !== undefined) yield [none, pids.current];
	});
	gauge('tsrun_container_processes_limit', '', 'Limit of processes and threads; +Inf for none.', function* ({ pids }) {
		if (pids !== undefined) yield [none, limit(pids.limit)];
	});
	counter('tsrun_container_io_bytes', 'bytes', 'Bytes read from and written to block devices.', ({ blockIO }) =>
		devices(blockIO?.serviceBytes),
	);
	counter('tsrun_container_io_operations', '', 'Reads from and writes to block devices.', ({ blockIO }) =>
		devices(blockIO?.serviced),
	);
	counter(
		'tsrun_container_network_bytes',
		'bytes',
		'Bytes on the interfaces of the container.',
		function* ({ network = [] }) {
			for (const { name, received, sent } of network) {
				yield [{ interface: name, direction: 'received' }, received.bytes];
				yield [{ interface: name, direction: 'sent' }, sent.bytes];
			}
		},
	);
	counter('tsrun_container_pressure_seconds', 'seconds', 'Time in which some or all tasks waited.', function* (stats) {
		const { cpu, memory, blockIO } = stats;
		yield* waits('cpu', cpu?.pressure);
		yield* waits('memory', memory?.pressure);
		yield* waits('io', blockIO?.pressure);
	});
}

function* devices(
	entries: NonNullable<ContainerStats['blockIO']>['serviced'] = [],
): Generator<readonly [Labels, bigint]> {
	for (const { major, minor, operation, value } of entries) {
		// Sums, and divisions of the same bytes by other things, would be counted twice.
		if (operation !== 'Read' && operation !== 'Write') continue;
		yield [{ device: `${major}:${minor}`, operation: operation.toLowerCase() }, value];
	}
}

function* waits(resource: string, pressure: PressureStats | undefined): Generator<readonly [Labels, string]> {
	if (pressure === undefined) return;
	yield [{ resource, tasks: 'some' }, seconds(pressure.some.total, 6)];
	yield [{ resource, tasks: 'all' }, seconds(pressure.full.total, 6)];
}

const unlimited = 0x7fff_ffff_ffff_0000n;

function limit(value: bigint): bigint | string {
	return value >= unlimited ? '+Inf' : value;
}

/** A count of fractions of a second as seconds, without loss. */
function seconds(count: bigint, digits: number): string {
	const text = String(count).padStart(digits + 1, '0');
	return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

class Page {
	#text = '';

	/** A family without samples is left out. */
	family(name: string, type: 'counter' | 'gauge', help: string, unit: string, samples: readonly Sample[]): void {
		if (samples.length === 0) return;
		this.#text += `# TYPE ${name} ${type}\n`;
		if (unit !== '') this.#text += `# UNIT ${name} ${unit}\n`;
		this.#text += `# HELP ${name} ${help}\n`;
		for (const { suffix, labels, value } of samples) this.#text += `${name}${suffix}${labelText(labels)} ${value}\n`;
	}

	end(): string {
		return `${this.#text}# EOF\n`;
	}
}

function labelText(labels: Labels): string {
	const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
	return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
	return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
