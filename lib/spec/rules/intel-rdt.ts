import type { Rule, RuleFault } from '../fault.js';
import { showValue } from '../show-value.js';
import type { IntelRdt, Spec } from '../types.js';

/** The class of service is a directory right below resctrl; a lone slash means resctrl itself (runtime-spec 1.3). */
export const closID: Rule<Spec> = function* (spec) {
	const id = spec.linux?.intelRdt?.closID;
	if (id === undefined || id === '/') return;
	if (id !== '.' && id !== '..' && !id.includes('/')) return;
	yield { pointer: '/linux/intelRdt/closID', message: `must be a plain name or /, found ${showValue(id)}` };
};

export const rdtSchemata: Rule<Spec> = function* ({ linux }) {
	yield* schemataFaults(linux?.intelRdt ?? {}, '/linux/intelRdt');
};

/** @param at pointer of the object */
export function* schemataFaults(asked: IntelRdt, at: string): Generator<RuleFault> {
	const { l3CacheSchema, memBwSchema, schemata } = asked;
	// With code and data prioritisation the cache has two schemata, hence two prefixes and two lines.
	if (l3CacheSchema?.split('\n').some((line) => line !== '' && !/^L3(?:CODE|DATA)?:/.test(line))) {
		const message = `must have lines that start with L3:, found ${showValue(l3CacheSchema)}`;
		yield { pointer: `${at}/l3CacheSchema`, message };
	}
	if (memBwSchema !== undefined && !/^MB:[^\n]*$/.test(memBwSchema)) {
		const message = `must be one line that starts with MB:, found ${showValue(memBwSchema)}`;
		yield { pointer: `${at}/memBwSchema`, message };
	}
	for (const [index, line] of schemata?.entries() ?? []) {
		if (!line.includes('\n')) continue;
		yield { pointer: `${at}/schemata/${index}`, message: `must be one line, found ${showValue(line)}` };
	}
}
