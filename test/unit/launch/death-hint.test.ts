import { deathHint } from '../../../lib/launch/death-hint.js';

test('SIGSYS is of a filter, SIGKILL of memory that has run out', () => {
	expect(deathHint({ code: null, signal: 31 })).toContain('seccomp filter killed it');
	expect(deathHint({ code: null, signal: 9 })).toContain('raise linux.resources.memory.limit');
});

test('nothing else tells a reason', () => {
	expect(deathHint({ code: 1, signal: null })).toBeUndefined();
	expect(deathHint({ code: null, signal: 15 })).toBeUndefined();
});
