import {
	closeSync,
	constants,
	fstatSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native, OwnedFd } from '../../lib/native/index.js';

const code = (name: string) => expect.objectContaining({ code: name });
// Not the class: errors of the addon belong to the main realm, tests run in another one.
const named = (name: string) => expect.objectContaining({ name });
const info = (fd: number) => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
const flags = (fd: number) => Number.parseInt(/^flags:\s*(\d+)/m.exec(info(fd))?.[1] ?? '', 8);
const O_CLOEXEC = 0o2000000;
const RESOLVE_NO_SYMLINKS = 0x04n;
const RESOLVE_IN_ROOT = 0x10n;

test('a sealed memfd has its bytes, at offset 0, and takes no other ones', () => {
	const bytes = Buffer.alloc(200_000, 'tsrun');
	using memfd = new OwnedFd(native().sealedMemfd('case', bytes));
	expect(fstatSync(memfd.number).mode & 0o111).toBe(0);
	expect(info(memfd.number)).toMatch(/^pos:\s*0$/m);
	expect(readFileSync(memfd.number).equals(bytes)).toBe(true);
	expect(() => writeSync(memfd.number, 'x', 0)).toThrow(code('EPERM'));
	expect(flags(memfd.number) & O_CLOEXEC).toBe(O_CLOEXEC);
	expect(() => native().sealedMemfd('a\0b', bytes)).toThrow(named('TypeError'));
});

test('openat2 keeps a symlink inside of the root', () => {
	const folder = mkdtempSync(join(tmpdir(), 'tsrun-openat2-'));
	try {
		mkdirSync(join(folder, 'etc'));
		writeFileSync(join(folder, 'etc/passwd'), 'inside');
		symlinkSync('/etc/passwd', join(folder, 'link'));
		using root = new OwnedFd(openSync(folder, constants.O_DIRECTORY));
		using file = new OwnedFd(native().openat2(root.number, 'link', constants.O_RDONLY, 0, RESOLVE_IN_ROOT));
		expect(readFileSync(file.number, 'utf8')).toBe('inside');
		expect(flags(file.number) & O_CLOEXEC).toBe(O_CLOEXEC);
		const refused = () => native().openat2(root.number, 'link', constants.O_RDONLY, 0, RESOLVE_NO_SYMLINKS);
		expect(refused).toThrow(expect.objectContaining({ code: 'ELOOP', syscall: 'openat2', path: 'link' }));
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('descriptor flags are set, cleared and copied', () => {
	using file = new OwnedFd(openSync('/etc/passwd', 'r'));
	native().setCloexec(file.number, false);
	expect(flags(file.number) & O_CLOEXEC).toBe(0);
	native().setNonBlocking(file.number, true);
	expect(flags(file.number) & constants.O_NONBLOCK).toBe(constants.O_NONBLOCK);
	native().setNonBlocking(file.number, false);
	expect(flags(file.number) & constants.O_NONBLOCK).toBe(0);
	using copy = new OwnedFd(native().dupCloexec(file.number, 500));
	expect(copy.number).toBeGreaterThanOrEqual(500);
	expect(flags(copy.number) & O_CLOEXEC).toBe(O_CLOEXEC);
});

test('reads and writes stay inside of the buffer', () => {
	using file = new OwnedFd(openSync('/etc/passwd', 'r'));
	const buffer = Buffer.alloc(10);
	expect(native().read(file.number, buffer, 2, 4)).toBe(4);
	expect(buffer.subarray(0, 2)).toEqual(Buffer.alloc(2));
	expect(buffer.subarray(6)).toEqual(Buffer.alloc(4));
	for (const [offset, length] of [
		[0, 11],
		[10, 1],
		[-1, 1],
		[0, -1],
		[2 ** 31 - 1, 2 ** 31 - 1],
	] as const)
		expect(() => native().read(file.number, buffer, offset, length)).toThrow(named('RangeError'));
	expect(native().read(file.number, buffer, 10, 0)).toBe(0);
	expect(() => native().write(file.number, buffer, 0, 1)).toThrow(code('EBADF'));
});

test('the type of a file system is told by path and by descriptor', () => {
	const PROC_SUPER_MAGIC = 0x9fa0;
	expect(native().statfsType('/proc')).toBe(PROC_SUPER_MAGIC);
	const fd = openSync('/proc', 'r');
	expect(native().statfsType(fd)).toBe(PROC_SUPER_MAGIC);
	closeSync(fd);
	expect(() => native().statfsType('/nowhere')).toThrow(expect.objectContaining({ code: 'ENOENT', path: '/nowhere' }));
});

test('a released descriptor stays open; a closed one is closed once', () => {
	let raw: number;
	{
		using file = new OwnedFd(openSync('/etc/passwd', 'r'));
		raw = file.release();
		expect(file.number).toBe(-1);
	}
	expect(fstatSync(raw).isFile()).toBe(true);
	const owner = new OwnedFd(raw);
	owner.close();
	owner.close();
	expect(() => fstatSync(raw)).toThrow(code('EBADF'));
});
