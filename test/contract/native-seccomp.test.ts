import { native, type SeccompRequest } from '../../lib/native/index.js';

const named = (name: string) => expect.objectContaining({ name });
const code = (name: string) => expect.objectContaining({ code: name });
const allow = 0x7fff0000;
const request = (more: Partial<SeccompRequest>): SeccompRequest => ({
	defaultAction: allow,
	architectures: [],
	optimize: false,
	rules: new Uint8Array(),
	...more,
});
const words = (...values: bigint[]) => new Uint8Array(BigUint64Array.from(values).buffer);

test('names and numbers are each other’s, on the machine’s own architecture and on others', () => {
	const { architecture = 0 } = native().seccompLibrary() ?? {};
	const x86 = 0x40000003;
	const numbers = native().seccompResolve(['read', 'write', 'no_such_call'], [architecture, x86]);
	expect([...numbers].slice(2)).toEqual([-1, 3, 4, -1]);
	expect(native().seccompCallName(architecture, numbers[0] ?? -1)).toBe('read');
	expect(native().seccompCallName(x86, 4)).toBe('write');
	expect(native().seccompCallName(architecture, 100_000)).toBeUndefined();
	expect(native().seccompResolve([], [architecture])).toHaveLength(0);
});

test('a program comes out in whole instructions, and rules make it longer', () => {
	const empty = native().seccompCompile(request({}));
	expect(empty.length % 8).toBe(0);
	const rule = words(0n, 0x50001n, 1n, 0n, 4n, 7n, 0n);
	expect(native().seccompCompile(request({ rules: rule })).length).toBeGreaterThan(empty.length);
});

test.each([
	['a rule cut short', { rules: words(0n, 0x50001n) }, code('EBADMSG')],
	['a condition cut short', { rules: words(0n, 0x50001n, 1n, 0n) }, code('EBADMSG')],
	['bytes that are no words', { rules: new Uint8Array(7) }, code('EBADMSG')],
	['more conditions than arguments', { rules: words(0n, 0x50001n, 7n) }, code('EBADMSG')],
	['an action there is not', { defaultAction: 0x12345678 }, code('EINVAL')],
	['an architecture there is not', { architectures: [12345] }, code('EINVAL')],
	['no list', { architectures: 5 as never }, named('TypeError')],
])('%s is refused', (_, more, error) => {
	expect(() => native().seccompCompile(request(more))).toThrow(error);
});

test('what is no listener is said to be none', () => {
	expect(() => native().seccompReceive(-1)).not.toThrow();
	expect(native().seccompReceive(-1)).toBeUndefined();
	for (const call of [
		() => native().seccompPending(0, 1n),
		() => native().seccompRespond(0, 1n, 0n, -1, false),
		() => native().seccompAddDescriptor(0, 1n, 0, 0, true),
	]) {
		expect(call).toThrow(expect.objectContaining({ syscall: 'ioctl' }));
	}
	expect(() => native().seccompRespond(0, -1n, 0n, 0, false)).toThrow(named('TypeError'));
});

test('memory and descriptors of a process that is gone, or not there, are errors', () => {
	const buffer = Buffer.alloc(8);
	expect(() => native().readMemory(2 ** 31 - 1, 0n, buffer)).toThrow(code('ESRCH'));
	expect(() => native().readMemory(process.pid, 1n, buffer)).toThrow(code('EFAULT'));
	expect(() => native().pidfdGetfd(-1, 0)).toThrow(code('EBADF'));
	expect(() => native().pidfdOpenThread(2 ** 31 - 1)).toThrow(expect.objectContaining({ syscall: 'pidfd_open' }));
});
