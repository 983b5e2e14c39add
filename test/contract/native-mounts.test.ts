import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSystemError, native, OwnedFd } from '../../lib/native/index.js';
import { openCount } from './open-files.js';

const OPEN_TREE_CLONE = 1;
const OVERFLOW_UID = 65_534;
const root = process.getuid?.() === 0;
const asRoot = root ? test : test.skip;
if (!root) console.warn('skipped: mounts and multi-line maps need root');

const children = () => readdirSync('/proc/self/task').length;

asRoot('a user namespace with maps outlives the process that made it', () => {
	const before = { open: openCount(), children: children() };
	{
		using namespace = new OwnedFd(native().userNamespace('0 100000 65536', '0 200000 65536'));
		expect(readlinkSync(`/proc/self/fd/${namespace.number}`)).toMatch(/^user:\[\d+\]$/);
		const { stdout } = spawnSync(
			'nsenter',
			['--user=/proc/self/fd/3', 'cat', '/proc/self/uid_map', '/proc/self/gid_map'],
			{
				stdio: ['ignore', 'pipe', 'inherit', namespace.number],
				encoding: 'utf8',
			},
		);
		expect(stdout.trim().split(/\s+/)).toEqual(['0', '100000', '65536', '0', '200000', '65536']);
	}
	expect({ open: openCount(), children: children() }).toEqual(before);
});

test('a map that the kernel refuses is an error with the file, and leaves nothing', () => {
	const before = openCount();
	expect(() => native().userNamespace('0 0 0', '0 0 1')).toThrow(
		expect.objectContaining({
			code: 'EINVAL',
			syscall: 'write',
			path: expect.stringMatching(/^\/proc\/\d+\/uid_map$/),
		}),
	);
	expect(openCount()).toBe(before);
});

asRoot('an id-mapped copy of a tree shows other owners', () => {
	const folder = mkdtempSync(join(tmpdir(), 'tsrun-idmap-'));
	try {
		writeFileSync(join(folder, 'file'), '');
		using namespace = new OwnedFd(native().userNamespace('0 100000 1000', '0 200000 1000'));
		using tree = new OwnedFd(native().openTree(folder, OPEN_TREE_CLONE));
		try {
			native().mountIdmap(tree.number, namespace.number, false);
		} catch (error) {
			// The file system of the temporary directory cannot be id-mapped on this kernel.
			if (isSystemError(error) && error.code === 'EINVAL')
				return console.warn(`skipped: ${error.message} on ${folder}`);
			throw error;
		}
		const fd = native().openat2(tree.number, 'file', 0, 0, 0n);
		expect([fstatSync(fd).uid, fstatSync(fd).gid]).toEqual([100_000, 200_000]);
		closeSync(fd);
		// In the tree itself nothing has changed.
		const plain = openSync(join(folder, 'file'), 'r');
		expect(fstatSync(plain).uid).not.toBe(OVERFLOW_UID);
		expect(fstatSync(plain).uid).toBe(0);
		closeSync(plain);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('a tree that is not there is ENOENT with its path', () => {
	const path = '/nowhere/at/all';
	expect(() => native().openTree(path, 0)).toThrow(
		expect.objectContaining({ code: 'ENOENT', syscall: 'open_tree', path }),
	);
});

asRoot('a new file system is a mount without a place, with its options', () => {
	const before = openCount();
	{
		using mount = new OwnedFd(native().newMount('tmpfs', 'tmpfs', ['mode=751', 'uid=7', 'ro']));
		const directory = native().openat2(mount.number, '.', 0, 0, 0n);
		try {
			const { mode, uid } = fstatSync(directory);
			expect([mode & 0o7777, uid]).toEqual([0o751, 7]);
			expect(native().statfsType(directory)).toBe(0x01021994);
		} finally {
			closeSync(directory);
		}
	}
	expect(openCount()).toBe(before);
});

asRoot('an option that a file system refuses is an error with what the kernel says of it', () => {
	const before = openCount();
	expect(() => native().newMount('tmpfs', 'tmpfs', ['size=much'])).toThrow(
		expect.objectContaining({
			code: 'EINVAL',
			syscall: 'fsconfig',
			path: expect.stringMatching(/^size=much: tmpfs: ./),
		}),
	);
	expect(() => native().newMount('no such type', '', [])).toThrow(
		expect.objectContaining({ code: 'ENODEV', syscall: 'fsopen', path: 'no such type' }),
	);
	expect(() => native().newMount('tmpfs', 'tmpfs', [7 as unknown as string])).toThrow(
		expect.objectContaining({ name: 'TypeError' }),
	);
	expect(openCount()).toBe(before);
});
