import type { Rule } from './rules.js';

/** What a profile says about one call: the action of the first rule whose conditions hold, otherwise the default one. */
export interface Decision {
	readonly name: string;
	/** Either one rule without conditions, or rules that all have some. */
	readonly rules: readonly [Rule, ...Rule[]];
}

/** The rules of each call. One without conditions makes the others of its call void, as libseccomp has it. */
export function decisionsOf(rules: readonly Rule[]): Decision[] {
	const byName = new Map<string, [Rule, ...Rule[]]>();
	for (const rule of rules) {
		const sofar = byName.get(rule.name);
		if (sofar === undefined) byName.set(rule.name, [rule]);
		else sofar.push(rule);
	}
	return [...byName].map(([name, all]) => {
		const always = all.find(({ conditions }) => conditions.length === 0);
		return { name, rules: always === undefined ? all : [always] };
	});
}
