import { responseOf, type SyscallAnswer } from '../../../lib/seccomp/answer.js';

test.each([
	['continue', { value: 0n, error: 0, goOn: true }],
	[{ value: 7 }, { value: 7n, error: 0, goOn: false }],
	[{ value: 2n ** 63n }, { value: 2n ** 63n, error: 0, goOn: false }],
	[{ value: -1 }, { value: 2n ** 64n - 1n, error: 0, goOn: false }],
	[{ errno: 'EPERM' }, { value: 0n, error: -1, goOn: false }],
	[{ errno: 4095 }, { value: 0n, error: -4095, goOn: false }],
] as const)('%j', (answer, response) => {
	expect(responseOf(answer)).toEqual(response);
});

test.each([
	{ errno: 'EWRONG' },
	{ errno: 'toString' },
	{ errno: 0 },
	{ errno: -1 },
	{ errno: 4096 },
	{ errno: 1.5 },
	{ value: 1.5 },
] as const)('%j is no answer', (answer) => {
	expect(() => responseOf(answer)).toThrow(RangeError);
});

test('nothing at all is no answer', () => {
	expect(() => responseOf(undefined as unknown as SyscallAnswer & 'continue')).toThrow(TypeError);
	expect(() => responseOf({} as unknown as SyscallAnswer & 'continue')).toThrow(TypeError);
});
