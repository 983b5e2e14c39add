import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { busybox, cgroup1View, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

/** Runs `events`, and calls `onFirst` when its first line is there; all its lines once it has ended. */
async function streamed(args: readonly string[], onFirst: () => Promise<unknown>): Promise<string[]> {
	const [command, ...first] = program;
	const child = spawn(command, [...first, '--root', stateRoot(), 'events', ...args], {
		stdio: ['ignore', 'pipe', 'inherit'],
		timeout: 20_000,
		killSignal: 'SIGKILL',
	});
	const lines: string[] = [];
	for await (const line of createInterface(child.stdout)) if (lines.push(line) === 1) await onFirst();
	return lines;
}

describeWith([root, busybox], 'events', () => {
	let id: string;
	beforeEach(() => {
		id = containerId();
	});
	afterEach(async () => {
		await tsrun(['delete', '--force', id]);
	});

	test('--stats prints one object as runc has it', async () => {
		const { path } = scriptBundle('while :; do sleep 0.05; done');
		await tsrun(['run', '--detach', '--bundle', path, id]);
		const { status, stdout, stderr } = await tsrun(['events', '--stats', id]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toMatch(/^\{.*\}\n$/);
		const event = JSON.parse(stdout);
		expect(event).toMatchObject({
			type: 'stats',
			id,
			data: {
				cpu: { usage: { total: expect.any(Number), kernel: expect.any(Number), user: expect.any(Number) } },
				cpuset: { cpu_exclusive: 0, sched_relax_domain_level: expect.any(Number) },
				pids: { current: expect.any(Number) },
				blkio: {},
				hugetlb: {},
				intel_rdt: {},
				network_interfaces: [expect.objectContaining({ Name: 'lo', RxBytes: 0, TxDropped: 0 })],
			},
		});
		expect(Object.keys(event.data)).toEqual(
			'cpu cpuset memory pids blkio hugetlb intel_rdt network_interfaces'.split(' '),
		);
	});

	test('the stream goes on until the container ends', async () => {
		const { path } = scriptBundle('sleep 0.2');
		await tsrun(['create', '--bundle', path, id]);
		const lines = await streamed(['--interval', '50ms', id], () => tsrun(['start', id]));
		expect(lines.length).toBeGreaterThanOrEqual(2);
		expect(lines.map((line) => JSON.parse(line).type)).toEqual(lines.map(() => 'stats'));
	});

	test('is refused for a container that does not run, and with an interval that is none', async () => {
		const { path } = scriptBundle(':');
		await tsrun(['run', '--keep', '--bundle', path, id]);
		expect(await tsrun(['events', id])).toMatchObject({
			status: 1,
			stdout: '',
			stderr: expect.stringMatching(`^container with id ${id} is not running`),
		});
		expect(await tsrun(['events', '--interval', '0s', id])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^duration interval must be greater than 0/),
		});
		expect(await tsrun(['events', '--interval', '5', id])).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('invalid value "5" for --interval'),
		});
	});
});

describeWith([root, busybox, cgroup1View], 'events, where memory is limited', () => {
	test('a kill for want of memory is a line of its own, and limits are exact', async () => {
		const id = containerId();
		const { path } = scriptBundle('(tail -c 64m /dev/zero) | cat >/dev/null; exit 0', (config) => {
			config.linux['resources'] = { memory: { limit: 16_777_216, swap: -1 } };
		});
		await tsrun(['create', '--bundle', path, id]);
		const { stdout } = await tsrun(['events', '--stats', id]);
		expect(stdout).toMatch(/"usage":\{"limit":16777216,/);
		// Integers beyond 2^53 are not rounded.
		expect(stdout).toMatch(/"swap":\{"limit":9223372036854771712,/);
		const lines = await streamed(['--interval', '50ms', id], () => tsrun(['start', id]));
		expect(lines).toContain(`{"type":"oom","id":"${id}"}`);
		expect(await tsrun(['delete', '--force', id])).toMatchObject({ status: 0 });
	});
});
