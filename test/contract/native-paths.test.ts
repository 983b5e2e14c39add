import fs, { constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as files from '../../lib/native/files.js';
import { native } from '../../lib/native/load.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

function named(module: object, name: string): (...words: unknown[]) => unknown {
	return new Map(Object.entries(module)).get(name);
}

/** What a call came to, in the part of it that callers look at. */
function outcome(call: () => unknown): unknown {
	try {
		return { value: call() };
	} catch (error) {
		const { code, syscall, path } = error as NodeJS.ErrnoException;
		return { code, syscall, path };
	}
}

test('the flags of open(2) and access(2) are those of this machine', () => {
	const { O_PATH, ...known } = files.constants;
	for (const [name, value] of Object.entries(known)) {
		expect({ name, value }).toEqual({ name, value: constants[name as keyof typeof constants] });
	}
	// Node has no name for it: a link that is not followed can be opened in no other way (open(2), ELOOP).
	fs.symlinkSync('nowhere', at('link'));
	const opened = (flags: number): unknown => outcome(() => fs.closeSync(fs.openSync(at('link'), flags)));
	expect(opened(O_PATH | constants.O_NOFOLLOW)).toEqual({ value: undefined });
	expect(opened(constants.O_NOFOLLOW)).toMatchObject({ code: 'ELOOP' });
});

test('stat says what that of node:fs says', () => {
	fs.writeFileSync(at('file'), 'twelve bytes', { mode: 0o640 });
	fs.symlinkSync('file', at('link'));
	fs.symlinkSync('nowhere', at('dangling'));
	const server = createServer().listen(at('socket'));
	try {
		for (const name of ['file', 'link', '.', 'socket']) {
			for (const call of ['statSync', 'lstatSync'] as const) {
				const ours = call === 'statSync' ? files.statSync(at(name)) : files.lstatSync(at(name));
				const theirs = call === 'statSync' ? fs.statSync(at(name)) : fs.lstatSync(at(name));
				const { dev, ino, mode, nlink, uid, gid, size } = theirs;
				expect(ours).toMatchObject({ dev, ino, mode, nlink, uid, gid, size });
				for (const kind of ['isFile', 'isDirectory', 'isSymbolicLink', 'isSocket', 'isFIFO'] as const)
					expect({ name, kind, is: ours[kind]() }).toEqual({ name, kind, is: theirs[kind]() });
			}
		}
	} finally {
		server.close();
	}
	expect(outcome(() => files.statSync(at('dangling')))).toEqual(outcome(() => fs.statSync(at('dangling'))));
	expect(files.statIfThere(at('dangling'))).toBeUndefined();
	expect(files.lstatIfThere(at('dangling'))?.isSymbolicLink()).toBe(true);
	expect(outcome(() => files.lstatIfThere(at('file/below')))).toMatchObject({ code: 'ENOTDIR' });
});

test('directories are listed, made and removed as those of node:fs', () => {
	files.mkdirSync(at('one'), 0o700);
	fs.writeFileSync(at('ünï'), '');
	fs.symlinkSync('one', at('link'));
	expect(files.readdirSync(folder).toSorted()).toEqual(fs.readdirSync(folder).toSorted());
	expect(files.readEntries(folder).map(({ name, isDirectory }) => [name, isDirectory])).toEqual(
		expect.arrayContaining([
			['one', true],
			['link', false],
			['ünï', false],
		]),
	);
	for (const [name, ...words] of [
		['mkdirSync', at('one')],
		['mkdirSync', at('no/such')],
		['rmdirSync', folder],
		['rmdirSync', at('no')],
		['unlinkSync', at('no')],
		['chmodSync', at('no'), 0o600],
		['accessSync', at('no'), constants.W_OK],
	] as const) {
		const ours = named(files, name);
		const theirs = named(fs, name);
		expect({ name, ...(outcome(() => ours(...words)) as object) }).toEqual({
			name,
			...(outcome(() => theirs(...words)) as object),
		});
	}
	expect(files.existsSync(at('one'))).toBe(true);
	files.rmdirSync(at('one'));
	expect(files.existsSync(at('one'))).toBe(false);
	expect(outcome(() => files.readdirSync(at('one')))).toEqual(outcome(() => fs.readdirSync(at('one'))));
});

test('a file is read to its end, and no further than allowed', () => {
	const text = `${'ä'.repeat(100_000)}\0end`;
	fs.writeFileSync(at('file'), text);
	expect(files.readFileSync(at('file'), 'utf8')).toBe(text);
	const size = Buffer.byteLength(text);
	expect(native().readFile(at('file'), 0, size, false, true)).toEqual(Buffer.from(text));
	expect(outcome(() => native().readFile(at('file'), 0, size - 1, false, false))).toMatchObject({ code: 'EFBIG' });
	expect(files.readFileSync('/proc/self/status', 'utf8')).toContain(`Pid:\t${process.pid}\n`);
});

test('what is no file is refused, and what is gone is undefined where that is an answer', () => {
	expect(outcome(() => files.readFileSync(folder, 'utf8'))).toMatchObject({ code: 'EISDIR', path: folder });
	expect(outcome(() => files.readFileSync('/dev/null', 'utf8'))).toMatchObject({ code: 'EINVAL' });
	expect(outcome(() => files.readFileSync(at('no'), 'utf8'))).toMatchObject({ code: 'ENOENT', path: at('no') });
	expect(files.readFileIfThere(at('no'))).toBeUndefined();
	fs.symlinkSync('no', at('link'));
	expect(outcome(() => native().readFile(at('link'), constants.O_NOFOLLOW, 9, true, false))).toMatchObject({
		code: 'ELOOP',
	});
});

test('a file is replaced as a whole, or not at all', () => {
	fs.writeFileSync(at('file'), 'old');
	const before = process.umask(0o077);
	native().replaceFile(at('file'), at('next'), 'new', 0o644);
	process.umask(before);
	expect(fs.readFileSync(at('file'), 'utf8')).toBe('new');
	expect(fs.statSync(at('file')).mode & 0o7777).toBe(0o644);
	fs.mkdirSync(at('directory'));
	expect(outcome(() => native().replaceFile(at('directory'), at('next'), 'x', 0o600))).toMatchObject({
		syscall: 'rename',
		path: at('directory'),
	});
	fs.writeFileSync(at('next'), 'of somebody else');
	expect(outcome(() => native().replaceFile(at('file'), at('next'), 'x', 0o600))).toMatchObject({ code: 'EEXIST' });
	expect(fs.readFileSync(at('next'), 'utf8')).toBe('of somebody else');
	expect(fs.readdirSync(folder).toSorted()).toEqual(['directory', 'file', 'next']);
});

test('a new file is written whole, or there is none', () => {
	const before = process.umask(0o077);
	native().createFile(at('file'), 'text', 0o644);
	process.umask(before);
	expect(fs.readFileSync(at('file'), 'utf8')).toBe('text');
	expect(fs.statSync(at('file')).mode & 0o7777).toBe(0o644);
	expect(outcome(() => native().createFile(at('file'), 'other', 0o600))).toMatchObject({
		code: 'EEXIST',
		syscall: 'open',
		path: at('file'),
	});
	fs.symlinkSync(at('elsewhere'), at('link'));
	expect(outcome(() => native().createFile(at('link'), 'other', 0o600))).toMatchObject({ code: 'EEXIST' });
	expect(fs.readFileSync(at('file'), 'utf8')).toBe('text');
	expect(fs.readdirSync(folder).toSorted()).toEqual(['file', 'link']);
});

test('a file takes the place of another one, which is gone then', () => {
	fs.writeFileSync(at('file'), 'old');
	fs.writeFileSync(at('next'), 'new');
	const reader = fs.openSync(at('file'), 'r');
	native().takePlace(at('next'), at('file'));
	expect(fs.readFileSync(at('file'), 'utf8')).toBe('new');
	expect(fs.readFileSync(reader, 'utf8')).toBe('old');
	fs.closeSync(reader);
	expect(fs.readdirSync(folder)).toEqual(['file']);
	// There is nothing to be exchanged with.
	native().takePlace(at('file'), at('other'));
	expect(fs.readdirSync(folder)).toEqual(['other']);
	expect(outcome(() => native().takePlace(at('file'), at('other')))).toMatchObject({
		code: 'ENOENT',
		syscall: 'rename',
		path: at('file'),
	});
});

test('descriptors are opened close-on-exec, written, read and closed', () => {
	const fd = files.openSync(at('file'), constants.O_RDWR | constants.O_CREAT, 0o600);
	expect(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')).toMatch(/flags:\s+02\d{6}\n/);
	expect(files.writeSync(fd, Buffer.from('abcdef'), 2)).toBe(4);
	files.closeSync(fd);
	expect(outcome(() => files.fstatSync(fd))).toMatchObject({ code: 'EBADF' });
	const again = files.openSync(at('file'), constants.O_RDONLY);
	const buffer = new Uint8Array(10);
	expect(files.readSync(again, buffer)).toBe(4);
	expect(Buffer.from(buffer.subarray(0, 4)).toString()).toBe('cdef');
	expect(files.readSync(again, buffer)).toBe(0);
	files.closeSync(again);
});

test('a name with a NUL is refused before the kernel sees half of it', () => {
	expect(() => files.readFileSync(`${at('file')}\0.json`, 'utf8')).toThrow(/NUL/);
});
