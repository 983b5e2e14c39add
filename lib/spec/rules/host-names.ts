import type { Rule } from '../fault.js';
import type { Spec } from '../types.js';
import { namespaceOf } from './namespaces.js';

// __NEW_UTS_LEN in include/uapi/linux/utsname.h; sethostname(2) answers EINVAL to more.
const LONGEST_NAME = 64;

/** Without an own uts namespace these names would rename the host. */
export const hostNames: Rule<Spec> = function* (spec) {
	for (const member of ['hostname', 'domainname'] as const) {
		const name = spec[member];
		if (name === undefined) continue;
		const pointer = `/${member}`;
		if (namespaceOf(spec, 'uts') === undefined) {
			yield { pointer, message: 'needs an entry of type uts in /linux/namespaces' };
		}
		const length = Buffer.byteLength(name);
		if (length > LONGEST_NAME) {
			yield { pointer, message: `must have at most ${LONGEST_NAME} bytes, found ${length}` };
		}
	}
};
