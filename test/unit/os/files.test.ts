import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	makeDirectories,
	makeDirectory,
	readTextFile,
	readTextFileIfThere,
	removeFile,
	removeTree,
	writeFileAtomic,
} from '../../../lib/os/index.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const systemError = (errno: string) => expect.objectContaining({ code: 'ERR_SYSTEM', errno });

describe('writing as a whole', () => {
	test('writes the bytes as they are, with the mode whatever the umask, and leaves no other file', () => {
		const path = join(folder, 'pid');
		const umask = process.umask(0o077);
		try {
			writeFileAtomic(path, '1234', 0o644);
		} finally {
			process.umask(umask);
		}
		expect(readFileSync(path, 'utf8')).toBe('1234');
		expect(statSync(path).mode & 0o7777).toBe(0o644);
		expect(readdirSync(folder)).toEqual(['pid']);
	});

	test('replaces a symbolic link and does not write through it', () => {
		writeFileSync(join(folder, 'target'), 'untouched');
		symlinkSync('target', join(folder, 'link'));
		writeFileAtomic(join(folder, 'link'), 'new', 0o600);
		expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('untouched');
		expect(readFileSync(join(folder, 'link'), 'utf8')).toBe('new');
	});

	test('takes a name as long as a name can be', () => {
		writeFileAtomic(join(folder, 'n'.repeat(255)), 'x', 0o600);
		expect(readdirSync(folder)).toEqual(['n'.repeat(255)]);
	});

	test('leaves nothing behind when it fails, and says system call, errno and path', () => {
		const path = join(folder, 'a-directory');
		mkdirSync(path);
		expect(() => writeFileAtomic(path, 'x', 0o600)).toThrow(
			expect.objectContaining({ code: 'ERR_SYSTEM', syscall: 'rename', errno: 'EISDIR', path }),
		);
		expect(readdirSync(folder)).toEqual(['a-directory']);
		expect(() => writeFileAtomic(join(folder, 'no', 'file'), 'x', 0o600)).toThrow(systemError('ENOENT'));
	});
});

describe('reading', () => {
	test.each([0, 1, 4095, 4096, 4097, 100_000])('%i bytes, below and at the cap', (length) => {
		const path = join(folder, 'file');
		writeFileSync(path, 'x'.repeat(length));
		expect(readTextFile(path, { maxBytes: 100_000 })).toHaveLength(length);
		expect(readTextFile(path, { maxBytes: length })).toHaveLength(length);
	});

	test('refuses what is longer than the cap', () => {
		writeFileSync(join(folder, 'file'), '12345');
		expect(() => readTextFile(join(folder, 'file'), { maxBytes: 4 })).toThrow(systemError('EFBIG'));
		// A file of procfs says it is empty.
		expect(() => readTextFile('/proc/self/status', { maxBytes: 10 })).toThrow(systemError('EFBIG'));
	});

	test('reads files of procfs to the end', () => {
		expect(readTextFile('/proc/self/status', { maxBytes: 1 << 20 })).toContain('voluntary_ctxt_switches');
	});

	test('follows a link only when it may', () => {
		writeFileSync(join(folder, 'file'), 'text');
		symlinkSync('file', join(folder, 'link'));
		expect(readTextFile(join(folder, 'link'), { maxBytes: 10 })).toBe('text');
		expect(() => readTextFile(join(folder, 'link'), { maxBytes: 10, follow: false })).toThrow(systemError('ELOOP'));
	});

	test('refuses directories, and fifos without waiting for a writer', () => {
		expect(() => readTextFile(folder, { maxBytes: 10 })).toThrow(systemError('EISDIR'));
		execFileSync('mkfifo', [join(folder, 'fifo')]);
		expect(() => readTextFile(join(folder, 'fifo'), { maxBytes: 10 })).toThrow(systemError('EINVAL'));
	});

	test('a missing file is undefined for those who ask so, and nothing else is', () => {
		expect(readTextFileIfThere(join(folder, 'none'), { maxBytes: 10 })).toBeUndefined();
		expect(() => readTextFileIfThere(folder, { maxBytes: 10 })).toThrow(systemError('EISDIR'));
	});

	test('keeps no descriptor open', () => {
		const path = join(folder, 'file');
		writeFileSync(path, 'text');
		const before = readdirSync('/proc/self/fd').length;
		for (let i = 0; i < 50; i += 1) {
			readTextFile(path, { maxBytes: 10 });
			writeFileAtomic(path, 'text', 0o600);
			expect(() => readTextFile(path, { maxBytes: 1 })).toThrow();
		}
		expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 10);
	});
});

test('a directory gets its mode whatever the umask, and EEXIST is told', () => {
	const path = join(folder, 'dir');
	const umask = process.umask(0o077);
	try {
		makeDirectory(path, 0o711);
	} finally {
		process.umask(umask);
	}
	expect(statSync(path).mode & 0o7777).toBe(0o711);
	expect(() => makeDirectory(path, 0o711)).toThrow(systemError('EEXIST'));
});

test('directories are made down to the last, and where that is impossible it is said', () => {
	const path = join(folder, 'a', 'b', 'c');
	makeDirectories(path, 0o700);
	makeDirectories(path, 0o755);
	expect(['a', 'a/b', 'a/b/c'].map((one) => statSync(join(folder, one)).mode & 0o7777)).toEqual([0o700, 0o700, 0o700]);
	writeFileSync(join(folder, 'file'), '');
	expect(() => makeDirectories(join(folder, 'file', 'x', 'y'), 0o700)).toThrow(systemError('ENOTDIR'));
	expect(() => makeDirectories('/proc/none/here', 0o700)).toThrow(systemError('ENOENT'));
});

test('removing: a file once, a tree without following links', async () => {
	writeFileSync(join(folder, 'file'), '');
	expect(removeFile(join(folder, 'file'))).toBe(true);
	expect(removeFile(join(folder, 'file'))).toBe(false);
	mkdirSync(join(folder, 'keep'));
	writeFileSync(join(folder, 'keep', 'me'), '');
	mkdirSync(join(folder, 'tree', 'deep'), { recursive: true });
	symlinkSync('../../keep', join(folder, 'tree', 'deep', 'link'));
	await removeTree(join(folder, 'tree'));
	expect(existsSync(join(folder, 'tree'))).toBe(false);
	expect(existsSync(join(folder, 'keep', 'me'))).toBe(true);
});
