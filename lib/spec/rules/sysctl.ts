import type { Rule } from '../fault.js';
import { escapePart } from '../pointer.js';
import { sysctlComponents, sysctlNamespace } from '../sysctl-name.js';
import type { Spec } from '../types.js';
import { namespaceOf } from './namespaces.js';

/** A parameter of the machine, or of a namespace that the container shares with it, would be set for everybody. */
export const namespacedSysctls: Rule<Spec> = function* (spec) {
	for (const name of Object.keys(spec.linux?.sysctl ?? {})) {
		const pointer = `/linux/sysctl/${escapePart(name)}`;
		const parts = sysctlComponents(name);
		// Slashes and dots trade places in these names, so a/../b has more spellings than one.
		if (parts.length < 2 || parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('/'))) {
			yield { pointer, message: 'is not the name of a kernel parameter' };
			continue;
		}
		if (parts.join('/') === 'kernel/hostname') {
			yield { pointer, message: 'must be asked for with the member /hostname' };
			continue;
		}
		const type = sysctlNamespace(parts);
		if (type === undefined) {
			yield { pointer, message: 'is a parameter of the whole machine, not of a namespace' };
		} else if (namespaceOf(spec, type) === undefined) {
			yield { pointer, message: `would change the host, it needs an entry of type ${type} in /linux/namespaces` };
		}
	}
};
