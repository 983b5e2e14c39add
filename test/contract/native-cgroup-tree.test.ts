import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../lib/native/index.js';
import { scratch } from '../harness/scratch.js';

/** A tree of directories that looks like cgroups: `[pids, directories below]` by name. */
interface Tree {
	readonly [name: string]: readonly [readonly number[], Tree];
}

function plant(directory: string, tree: Tree): void {
	for (const [name, [pids, below]] of Object.entries(tree)) {
		mkdirSync(join(directory, name));
		writeFileSync(join(directory, name, 'cgroup.procs'), pids.map((pid) => `${pid}\n`).join(''));
		plant(join(directory, name), below);
	}
}

const processesOf = (directory: string) =>
	[...native().cgroupTreeProcesses(directory)].sort((one, other) => one - other);

describe('cgroupTreeProcesses', () => {
	test('are those of a directory and of all below it, less the ones that cannot be seen', () => {
		const folder = scratch();
		plant(folder, {
			top: [[7], { a: [[0, 3], { deep: [[11, 12], {}] }], b: [[], {}], c: [[5], { x: [[1], {}], y: [[2], {}] }] }],
		});
		expect(processesOf(join(folder, 'top'))).toEqual([1, 2, 3, 5, 7, 11, 12]);
	});

	test('none where there is nothing, and where a directory lists none', () => {
		const folder = scratch();
		expect(processesOf(join(folder, 'nothing'))).toEqual([]);
		expect(processesOf(folder)).toEqual([]);
	});

	test('a list that is none is an error, and so is a file in the place of the directory', () => {
		const folder = scratch();
		writeFileSync(join(folder, 'cgroup.procs'), '12\nnonsense\n');
		expect(() => processesOf(folder)).toThrow(expect.objectContaining({ code: 'EIO', path: folder }));
		expect(() => processesOf(join(folder, 'cgroup.procs'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
	});
});

describe('removeCgroupsBelow', () => {
	test('nothing below, or nothing at all, is fine', () => {
		const folder = scratch();
		native().removeCgroupsBelow(folder);
		native().removeCgroupsBelow(join(folder, 'nothing'));
	});

	test('what is no cgroup stays: a directory of another file system that has something in it says so', () => {
		const folder = scratch();
		mkdirSync(join(folder, 'empty'));
		mkdirSync(join(folder, 'full', 'inner'), { recursive: true });
		expect(() => native().removeCgroupsBelow(folder)).toThrow(expect.objectContaining({ code: 'ENOTEMPTY' }));
		expect(readdirSync(folder)).toContain('full');
	});
});

describe('the mark of a cgroup that was made for containers', () => {
	test('a directory that keeps none says so, or goes when nothing is left in it', () => {
		const above = join(scratch(), 'above');
		mkdirSync(join(above, 'one'), { recursive: true });
		const kept = native().markCgroup(above);
		native().removeMarkedCgroupsAbove(join(above, 'two'));
		expect(existsSync(above)).toBe(true);
		rmdirSync(join(above, 'one'));
		native().removeMarkedCgroupsAbove(join(above, 'two'));
		expect(existsSync(above)).toBe(!kept);
	});

	test('none is on a directory that is not there, and nothing above it goes', () => {
		const folder = scratch();
		expect(native().markCgroup(join(folder, 'nothing'))).toBe(false);
		native().removeMarkedCgroupsAbove(join(folder, 'nothing', 'below'));
		expect(existsSync(folder)).toBe(true);
	});
});
