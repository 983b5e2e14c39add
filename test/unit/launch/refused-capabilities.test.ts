import { callNames } from '../../../lib/launch/calls.js';
import type { Report } from '../../../lib/launch/message.js';
import { refusedCapabilities } from '../../../lib/launch/refused-capabilities.js';

const warning = (call: string, text: string): Report => ({
	kind: 'warning',
	step: 0,
	value: 1,
	call: callNames.indexOf(call),
	text,
});

test('what the runtime lacks is named', () => {
	expect(refusedCapabilities(warning('capset', '1000001'))).toBe(
		'going on without CAP_CHOWN, CAP_SYS_RESOURCE: the runtime lacks it, or it is effective without being permitted, or inheritable without being in the bounding set',
	);
});

test('ambient ones are said to be ambient, and why', () => {
	expect(refusedCapabilities(warning('prctl', '400'))).toBe(
		"can't raise ambient capability CAP_NET_BIND_SERVICE: an ambient one has to be permitted and inheritable as well",
	);
});

test('one that has no name yet is told by its number', () => {
	expect(refusedCapabilities(warning('capset', '8000000000000000'))).toContain('capability 63:');
});

test('another remark of the helper is an error', () => {
	expect(() => refusedCapabilities(warning('capset', 'no mask'))).toThrow(
		expect.objectContaining({ code: 'ERR_NATIVE' }),
	);
});
