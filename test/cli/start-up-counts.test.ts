import { execFileSync, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { busybox, cgroup2View, describeWith, type Requirement, root } from '../harness/requirement.js';
import { tracer } from '../harness/traced-calls.js';

const script = resolve(import.meta.dirname, '../../bench/start-up.mjs');

const compiler: Requirement = {
	what: 'gcc',
	met: () => spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0,
};
type Counts = Readonly<Record<string, number>>;

// As counted with a program that lies in the page cache in small pages (docs/performance.md has the table with one that does not, of
// 250 to 300 faults fewer), and how far above that a run may be: threads of the engine differ from run to
// run in what they wait for and free. Whoever makes a call cheaper lowers its number here; who needs more says why in the commit.
const counted: Readonly<Record<string, Counts>> = {
	// Five of them for each mount, to see that a symlink has not led it to /dev or to the root (addon/init/name_guard.c).
	run: { files: 545, memory: 87, processes: 385, mounts: 85, sockets: 25, waiting: 45, faults: 1700 },
	exec: { files: 254, memory: 85, processes: 381, mounts: 0, sockets: 17, waiting: 40, faults: 1460 },
	state: { files: 126, memory: 73, processes: 50, mounts: 0, sockets: 0, waiting: 30, faults: 1045 },
};
const margin: Counts = { files: 1.05, memory: 1.25, processes: 1.1, mounts: 1, sockets: 1.1, waiting: 2, faults: 1.2 };

describeWith([root, busybox, cgroup2View, tracer, compiler], 'what a call takes of the kernel', () => {
	let now: Readonly<Record<string, Counts>>;
	beforeAll(() => {
		const text = execFileSync(process.execPath, [script, '--json', '--only', 'tsrun'], {
			encoding: 'utf8',
			timeout: 120_000,
		});
		now = JSON.parse(text).tsrun;
	}, 120_000);

	test.each(Object.keys(counted))('%s takes no more calls and pages than it did', (verb) => {
		const over = Object.entries(counted[verb] ?? {})
			.map(([group, count]) => ({ group, now: now[verb]?.[group], most: Math.ceil(count * (margin[group] ?? 1)) }))
			.filter((one) => one.now === undefined || one.now > one.most);
		expect(over).toEqual([]);
	});

	test('the counts are of something: every verb reads files, and run mounts', () => {
		for (const verb of Object.keys(counted)) expect(now[verb]?.['files']).toBeGreaterThan(20);
		expect(now['run']?.['mounts']).toBeGreaterThan(20);
	});

	test('no script is read: all of it is in the program', () => {
		for (const verb of Object.keys(counted)) expect(now[verb]?.['scripts']).toBe(0);
	});
});
