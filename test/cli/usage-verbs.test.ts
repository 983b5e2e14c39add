import { spawnSync } from 'node:child_process';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';
import { Screen, tmux } from '../harness/tmux.js';
import { parseOpenMetrics } from '../unit/cli/open-metrics-parser.js';

/** Two containers for all of the tests: one that is busy, and one that waits. */
const [busy, idle] = [containerId('busy'), containerId('idle')];
/** One that top kills. */
const victim = containerId('victim');

async function start(id: string, script: string): Promise<void> {
	const { path } = scriptBundle(script, (config) => {
		config.linux['resources'] = { hugepageLimits: [] };
	});
	const { status, stderr } = await tsrun(['run', '--detach', '--bundle', path, id]);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

const debianPython = '/usr/bin/python3';
const openMetricsReader: Requirement = {
	what: 'python3-prometheus-client',
	met: () => spawnSync(debianPython, ['-c', 'import prometheus_client.openmetrics.parser']).status === 0,
};

const promtool: Requirement = { what: 'promtool', met: () => spawnSync('promtool', ['--version']).status === 0 };

describeWith([root, busybox], 'what containers use', () => {
	beforeAll(async () => {
		await start(busy, 'while :; do :; done');
		await start(idle, 'sleep 600');
	});
	afterAll(async () => {
		for (const id of [busy, idle, victim]) await tsrun(['delete', '--force', id]);
	});

	test('stats: one line for each', async () => {
		const { status, stdout, stderr } = await tsrun(['stats', '--interval', '200ms']);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		const [header, ...lines] = stdout.trimEnd().split('\n');
		expect(header).toMatch(
			/^ID +STATUS +CPU +MEMORY +PIDS +IO READ \/ WRITTEN +NET IN \/ OUT +PRESSURE +THROTTLED +OOM$/,
		);
		expect(lines).toHaveLength(2);
		expect(lines[0]).toMatch(new RegExp(`^${busy} +running +\\d+\\.\\d% `));
	});

	test('stats --format json: numbers, and the busy one uses the processor', async () => {
		const { stdout } = await tsrun(['stats', '--format', 'json', '--interval', '300ms', busy, idle]);
		const [first, second] = JSON.parse(stdout);
		expect(first).toMatchObject({
			id: busy,
			status: 'running',
			pid: expect.any(Number),
			cpuNanoseconds: expect.any(Number),
		});
		expect(first.cpuPercent).toBeGreaterThan(1);
		expect(second.cpuPercent).toBeLessThan(first.cpuPercent);
		expect(new Date(first.time).getTime()).toBeGreaterThan(Date.now() - 60_000);
	});

	test('stats of one that is not there is an error', async () => {
		const { status, stderr } = await tsrun(['stats', 'nobody']);
		expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('container does not exist') });
	});

	test('metrics: a page by the rules, with both containers', async () => {
		const { status, stdout, stderr } = await tsrun(['metrics']);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		const families = parseOpenMetrics(stdout);
		const info = families.find(({ name }) => name === 'tsrun_container_info');
		expect(info?.samples.map(({ labels }) => labels['id'])).toEqual([busy, idle]);
		const cpu = families.find(({ name }) => name === 'tsrun_container_cpu_seconds')?.samples ?? [];
		expect(Number(cpu.find(({ labels }) => labels['id'] === busy && labels['mode'] === 'user')?.value)).toBeGreaterThan(
			0,
		);
	});

	describeWith([promtool], 'metrics, read as node_exporter reads files', () => {
		test('is a page without errors', async () => {
			const { stdout } = await tsrun(['metrics']);
			const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: stdout, encoding: 'utf8' });
			// 3: remarks on style. Of a counter the older format has the words in another place.
			expect(status).toBe(3);
			expect(stderr.split('\n').filter((line) => !/^(\w+_total no help text)?$/.test(line))).toEqual([]);
		});
	});

	describeWith([openMetricsReader], 'metrics, read by the library of Prometheus', () => {
		test('is a page that it takes', async () => {
			const { stdout } = await tsrun(['metrics']);
			const script =
				'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as read; print(len(list(read(sys.stdin.read()))))';
			const read = spawnSync(debianPython, ['-c', script], { input: stdout, encoding: 'utf8' });
			expect({ status: read.status, stderr: read.stderr }).toEqual({ status: 0, stderr: '' });
			expect(Number(read.stdout)).toBeGreaterThan(5);
		});
	});

	test('top without a terminal says what to use instead', async () => {
		const { status, stderr } = await tsrun(['top']);
		expect({ status, stderr }).toEqual({
			status: 1,
			stderr: expect.stringMatching(/top needs a terminal[\s\S]*tsrun stats/),
		});
	});

	describeWith([tmux], 'top in a terminal', () => {
		const words = [...program, '--root', stateRoot(), 'top', '--interval', '200ms'];

		test('sorts, pauses, resumes, kills, and gives the terminal back', async () => {
			await start(victim, 'sleep 600');
			using screen = new Screen(words, [150, 20]);
			// The busiest stands first.
			await screen.shows(new RegExp(`CPUv.*\n${busy} `));
			screen.type('n');
			const byName = await screen.shows(/IDv/);
			expect(byName.indexOf(busy)).toBeLessThan(byName.indexOf(idle));
			screen.type('r');
			// By name, reversed: the last one stands first, and is the selected one.
			await screen.shows(new RegExp(`ID\\^.*\n${victim} `));
			screen.type('Space');
			await screen.shows(new RegExp(`${victim} +paused[\\s\\S]*paused ${victim}`));
			expect(JSON.parse((await tsrun(['state', victim])).stdout).status).toBe('paused');
			screen.type('Space');
			await screen.shows(new RegExp(`resumed ${victim}`));
			screen.type('k');
			await screen.shows(new RegExp(`kill ${victim}\\?`));
			screen.type('y');
			await screen.shows(new RegExp(`killed ${victim}`));
			await screen.shows(/ 2 containers/);
			screen.type('q');
			expect(await screen.ended()).toBe(0);
			expect(screen.text()).not.toContain('CPU');
		});

		test('fits another window', async () => {
			using screen = new Screen(words, [150, 20]);
			await screen.shows(/THROTTLED/);
			screen.resize(60, 10);
			await screen.shows(/^(?![\s\S]*THROTTLED)[\s\S]*MEMORY/);
			screen.type('C-c');
			expect(await screen.ended()).toBe(0);
		});
	});
});
