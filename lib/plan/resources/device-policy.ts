import type { DeviceRule } from '../../spec/types.js';

/** Bits of an access, as in struct bpf_cgroup_dev_ctx (linux/bpf.h). */
const deviceAccess = { m: 1, r: 2, w: 4 } as const;
export const everyAccess = 7;

/** A rule about devices of one kind; null is every number. */
export interface PolicyRule {
	readonly allow: boolean;
	readonly type: 'b' | 'c';
	readonly major: number | null;
	readonly minor: number | null;
	/** Of {@link deviceAccess}. */
	readonly access: number;
	/** JSON pointer of the rule; '' for those that every container has. */
	readonly pointer: string;
}

/**
 * Which devices a container may use. Of each access that is asked for, the last rule that speaks of it decides, and
 * the default where none does. Plain data.
 */
export interface DevicePolicy {
	readonly allow: boolean;
	readonly rules: readonly PolicyRule[];
}

// What config-linux.md has every container find in /dev, its terminals, and device files of any kind: making one is
// harmless as long as opening it is not allowed, and image layers are full of them. 10:200 is /dev/net/tun, which VPN
// containers have counted on since before there were rules.
const always: readonly (readonly [type: 'b' | 'c', major: number | null, minor: number | null, access: string])[] = [
	['c', null, null, 'm'],
	['b', null, null, 'm'],
	['c', 1, 3, 'rwm'],
	['c', 1, 5, 'rwm'],
	['c', 1, 7, 'rwm'],
	['c', 1, 8, 'rwm'],
	['c', 1, 9, 'rwm'],
	['c', 5, 0, 'rwm'],
	['c', 5, 2, 'rwm'],
	['c', 136, null, 'rwm'],
	['c', 10, 200, 'rwm'],
];

/** Those of lists that are read again, for the next container of the same config. */
const policies = new WeakMap<readonly DeviceRule[], { readonly at: string; readonly policy: DevicePolicy }>();

/**
 * The policy of a list of rules, which are read in their order (config-linux.md, "Allowed Device list"). Nothing is
 * allowed to begin with, and what every container needs is allowed at the end. A rule about everything makes those
 * before it void.
 *
 * @param at JSON pointer of the list
 */
export function devicePolicy(rules: readonly DeviceRule[], at: string): DevicePolicy {
	const known = policies.get(rules);
	if (known?.at === at) return known.policy;
	let policy: { allow: boolean; rules: PolicyRule[] } = { allow: false, rules: [] };
	for (const [index, rule] of rules.entries()) {
		const known = numbered(rule, `${at}/${index}`);
		const everything = known.major === null && known.minor === null && known.access === everyAccess;
		if (rule.type === undefined || rule.type === 'a') {
			if (everything) policy = { allow: rule.allow, rules: [] };
			else policy.rules.push({ ...known, type: 'b' }, { ...known, type: 'c' });
		} else {
			policy.rules.push({ ...known, type: rule.type === 'b' ? 'b' : 'c' });
		}
	}
	if (!policy.allow || policy.rules.length > 0) {
		for (const [type, major, minor, access] of always) {
			policy.rules.push({ allow: true, type, major, minor, access: accessBits(access), pointer: '' });
		}
	}
	// Plans are handed out, and others are made of it.
	Object.freeze(policy.rules);
	policies.set(rules, { at, policy: Object.freeze(policy) });
	return policy;
}

/** Whether a policy forbids nothing. */
export function allowsEverything({ allow, rules }: DevicePolicy): boolean {
	return allow && rules.every((rule) => rule.allow);
}

/** A rule as the devices.allow and devices.deny of v1 have it: `c 1:3 rwm`. */
export function ruleText({ type, major, minor, access }: Pick<PolicyRule, 'type' | 'major' | 'minor' | 'access'>) {
	return `${type} ${major ?? '*'}:${minor ?? '*'} ${accessLetters(access)}`;
}

export function accessLetters(access: number): string {
	return (['r', 'w', 'm'] as const).filter((letter) => (access & deviceAccess[letter]) !== 0).join('');
}

// Numbers and access that are left out stand for all of them; -1 is how libcontainer's callers say so.
function numbered({ allow, major = -1, minor = -1, access }: DeviceRule, pointer: string) {
	return {
		allow,
		major: major < 0 ? null : major,
		minor: minor < 0 ? null : minor,
		access: access === undefined ? everyAccess : accessBits(access),
		pointer,
	};
}

function accessBits(letters: string): number {
	return [...letters].reduce((bits, letter) => bits | (deviceAccess[letter as 'r' | 'w' | 'm'] ?? 0), 0);
}
