import { openMetrics } from '../../../cli/usage/open-metrics.js';
import { state } from './fake-runtime.js';
import { parseOpenMetrics } from './open-metrics-parser.js';
import { sampleStats } from './sample-stats.js';

const web = { ...state, status: 'running' as const };

test('a page that a strict reader of OpenMetrics takes', () => {
	const families = parseOpenMetrics(openMetrics([{ state: web, stats: sampleStats(3_000_000_007n) }]));
	const samples = families.flatMap((family) =>
		family.samples.map((sample) => [sample.name, sample.labels, sample.value]),
	);
	expect(samples).toEqual(
		expect.arrayContaining([
			['tsrun_containers', { status: 'running' }, '1'],
			['tsrun_containers', { status: 'paused' }, '0'],
			['tsrun_container_info', { id: 'web1', bundle: '/srv/web', status: 'running', owner: 'root' }, '1'],
			['tsrun_container_cpu_seconds_total', { id: 'web1', mode: 'user' }, '1.500000003'],
			['tsrun_container_cpu_throttled_seconds_total', { id: 'web1' }, '2.000000000'],
			['tsrun_container_memory_limit_bytes', { id: 'web1' }, '16777216'],
			['tsrun_container_processes_limit', { id: 'web1' }, '+Inf'],
			['tsrun_container_oom_kills_total', { id: 'web1' }, '2'],
			['tsrun_container_io_bytes_total', { id: 'web1', device: '8:0', operation: 'write' }, '8192'],
			['tsrun_container_network_bytes_total', { id: 'web1', interface: 'eth0', direction: 'sent' }, '200'],
			['tsrun_container_pressure_seconds_total', { id: 'web1', resource: 'memory', tasks: 'all' }, '0.500000'],
		]),
	);
});

test('names that people chose are escaped, and read back as they were', () => {
	const bundle = 'a "b" \\ c\nd';
	const [, info] = parseOpenMetrics(openMetrics([{ state: { ...web, bundle } }]));
	expect(info?.samples[0]?.labels['bundle']).toBe(bundle);
});

test('nothing to tell is a page as well', () => {
	const families = parseOpenMetrics(openMetrics([]));
	expect(families.map(({ name }) => name)).toEqual(['tsrun_containers']);
});

test.each([
	['with a type that the text format before OpenMetrics does not know', '# TYPE a info\na_info{b="c"} 1\n# EOF\n'],
	['without an end', '# TYPE a gauge\na 1\n'],
	['with a counter whose sample has no _total', '# TYPE a counter\na 1\n# EOF\n'],
	['with a unit that is not in the name', '# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n'],
	['with a family in two places', '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{x="1"} 1\n# EOF\n'],
	['with a sample twice', '# TYPE a gauge\na 1\na 1\n# EOF\n'],
])('the reader refuses a page %s', (_, page) => {
	expect(() => parseOpenMetrics(page)).toThrow();
});
