import { isAbsolute } from '../../paths.js';
import type { Rule } from '../fault.js';
import { showValue } from '../show-value.js';
import type { Namespace, NamespaceType, Spec } from '../types.js';

/** The entry of a type; undefined means that the container stays in the runtime's own namespace of that type. */
export function namespaceOf(spec: Spec, type: NamespaceType): Namespace | undefined {
	return spec.linux?.namespaces?.find((namespace) => namespace.type === type);
}

/** config-linux.md: a type may stand in the list once. */
export const uniqueNamespaces: Rule<Spec> = function* (spec) {
	const seen = new Map<NamespaceType, number>();
	for (const [index, { type }] of spec.linux?.namespaces?.entries() ?? []) {
		const first = seen.get(type);
		if (first === undefined) seen.set(type, index);
		else {
			const message = `asks for a second ${type} namespace, the first is entry ${first}`;
			yield { pointer: `/linux/namespaces/${index}/type`, message };
		}
	}
};

export const absoluteNamespacePaths: Rule<Spec> = function* (spec) {
	for (const [index, { path }] of spec.linux?.namespaces?.entries() ?? []) {
		if (path === undefined || isAbsolute(path)) continue;
		yield {
			pointer: `/linux/namespaces/${index}/path`,
			message: `must be an absolute path, found ${showValue(path)}`,
		};
	}
};
