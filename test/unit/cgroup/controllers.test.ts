import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enableControllers, whyMissing } from '../../../lib/cgroup/controllers.js';

// Plain directories stand for cgroups: each is told by hand what the kernel would have it say.
let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'tsrun-controllers-'));
	cgroup('.', 'cpu memory pids', 'cpu');
	cgroup('slice', 'cpu', '');
	cgroup('slice/box', '', '');
});
afterEach(() => rmSync(root, { recursive: true }));

function cgroup(path: string, controllers: string, handedOn: string, processes = ''): void {
	mkdirSync(join(root, path), { recursive: true });
	writeFileSync(join(root, path, 'cgroup.controllers'), `${controllers}\n`);
	writeFileSync(join(root, path, 'cgroup.subtree_control'), `${handedOn}\n`);
	writeFileSync(join(root, path, 'cgroup.procs'), processes);
}

const handedOn = (path: string) => readFileSync(join(root, path, 'cgroup.subtree_control'), 'utf8').trim();

test('controllers are handed on from the top, as far as they are not yet', () => {
	enableControllers(join(root, 'slice/box'), ['cpu', 'memory']);
	expect([handedOn('.'), handedOn('slice'), handedOn('slice/box')]).toEqual(['+memory', '+cpu +memory', '']);
});

test('nothing is written for what is there', () => {
	cgroup('slice/box', 'cpu memory', '');
	enableControllers(join(root, 'slice/box'), ['memory', 'cpu']);
	expect([handedOn('.'), handedOn('slice')]).toEqual(['cpu', '']);
});

describe('why a file is missing', () => {
	const why = (file: string) => whyMissing(join(root, 'slice/box', file));

	test('a cgroup above does not hand the controller on', () => {
		expect(why('memory.max')).toBe(
			`The cgroup ${root} has the controller memory and does not hand it on: ` +
				'write its name with a + to cgroup.subtree_control there.',
		);
	});

	test('because it has processes', () => {
		cgroup('slice', 'cpu', '', '17\n');
		expect(why('cpu.max')).toMatch(/^The cgroup .*\/slice has the controller cpu .*: it has processes of its own; /);
	});

	test('no cgroup above has it', () => {
		expect(why('io.max')).toMatch(/^No cgroup above .* has the controller io: have it delegated/);
	});

	test('it is not the controller', () => {
		cgroup('slice/box', 'memory', '');
		expect(why('memory.nonsense')).toBe(
			'The kernel has no file memory.nonsense here, though its controller is: the name is wrong, or one of another version of Linux.',
		);
		expect(whyMissing('/nowhere/memory.max')).toBeUndefined();
	});

	test('weights of block devices, which a scheduler of theirs brings along', () => {
		cgroup('slice/box', 'io', '');
		for (const file of ['io.bfq.weight', 'io.weight']) expect(why(file)).toMatch(/modprobe bfq/);
		expect(why('io.max')).toMatch(/^The kernel has no file io\.max here/);
	});

	test('a v1 hierarchy, where the controller always is', () => {
		rmSync(join(root, 'slice/box/cgroup.subtree_control'));
		expect(why('blkio.leaf_weight')).toMatch(/^The kernel has no file blkio\.leaf_weight here/);
	});
});
