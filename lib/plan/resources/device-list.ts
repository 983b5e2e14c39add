import { type DevicePolicy, type PolicyRule, ruleText } from './device-policy.js';

/** What is written to the device lists of v1. */
export interface DeviceListWrite {
	readonly file: 'devices.allow' | 'devices.deny';
	readonly value: string;
	readonly pointer: string;
}

export interface DeviceListFault {
	readonly pointer: string;
	readonly message: string;
}

type Exceptions = Map<string, { rule: PolicyRule; access: number }>;

/**
 * A policy as the two lists of v1 (Documentation/admin-guide/cgroup-v1/devices.rst): a default and exceptions from it.
 * Taking a part out of a wider exception is something the kernel does not do, and does not refuse either; whoever asked
 * for it would believe a device forbidden that is not, so it is a fault here.
 */
export function deviceList(policy: DevicePolicy): { writes: DeviceListWrite[]; faults: DeviceListFault[] } {
	const direct = listOf(policy);
	if (direct.faults.length === 0 || !policy.allow) return direct;
	// "All but the character devices" has no exceptions for single ones of them; "block devices, and these" does.
	const everything = (['b', 'c'] as const).map((type): PolicyRule => {
		return { allow: true, type, major: null, minor: null, access: 7, pointer: '' };
	});
	const turned = listOf({ allow: false, rules: [...everything, ...policy.rules] });
	return turned.faults.length === 0 ? turned : direct;
}

function listOf(policy: DevicePolicy): { writes: DeviceListWrite[]; faults: DeviceListFault[] } {
	const exceptions: Exceptions = new Map();
	const faults: DeviceListFault[] = [];
	for (const rule of policy.rules) {
		if (rule.allow !== policy.allow) add(exceptions, rule);
		else faults.push(...remove(exceptions, rule));
	}
	const all = policy.allow ? 'devices.allow' : 'devices.deny';
	const file = policy.allow ? 'devices.deny' : 'devices.allow';
	return {
		writes: [
			{ file: all, value: 'a', pointer: '' },
			...[...exceptions.values()].map(({ rule, access }): DeviceListWrite => {
				return { file, value: ruleText({ ...rule, access }), pointer: rule.pointer };
			}),
		],
		faults,
	};
}

const keyOf = ({ type, major, minor }: Pick<PolicyRule, 'type' | 'major' | 'minor'>) => `${type} ${major}:${minor}`;

function add(exceptions: Exceptions, rule: PolicyRule): void {
	const known = exceptions.get(keyOf(rule));
	if (known === undefined) exceptions.set(keyOf(rule), { rule, access: rule.access });
	else known.access |= rule.access;
}

function* remove(exceptions: Exceptions, rule: PolicyRule): Generator<DeviceListFault> {
	for (const [key, known] of exceptions) {
		const shared = known.access & rule.access;
		if (shared === 0 || !overlap(known.rule, rule)) continue;
		if (covers(rule, known.rule)) {
			known.access &= ~rule.access;
			if (known.access === 0) exceptions.delete(key);
		} else {
			const message = `cgroup v1 cannot take ${ruleText(rule)} out of ${ruleText(known.rule)}; list what remains instead`;
			yield { pointer: rule.pointer || known.rule.pointer, message };
		}
	}
}

type Numbers = Pick<PolicyRule, 'type' | 'major' | 'minor'>;

function overlap(one: Numbers, other: Numbers): boolean {
	const meet = (a: number | null, b: number | null) => a === null || b === null || a === b;
	return one.type === other.type && meet(one.major, other.major) && meet(one.minor, other.minor);
}

function covers(wide: Numbers, narrow: Numbers): boolean {
	const within = (a: number | null, b: number | null) => a === null || a === b;
	return within(wide.major, narrow.major) && within(wide.minor, narrow.minor);
}
