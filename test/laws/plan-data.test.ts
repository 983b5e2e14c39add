import fc from 'fast-check';
import { encodeProgram } from '../../lib/launch/encode.js';
import { compileCreate } from '../../lib/plan/compile-create.js';
import { compileExec } from '../../lib/plan/compile-exec.js';
import { explainPlan } from '../../lib/plan/explain.js';
import { type Plan, planToJson } from '../../lib/plan/plan.js';
import type { InitStep } from '../../lib/plan/step.js';
import { initOperations } from '../../lib/plan/tables/operations.js';
import { anyCreate, anyExec } from './plan-requests.js';
import { decodeProgram } from './program-decoder.js';

interface Compiled {
	readonly config: object;
	readonly request: object;
	readonly compile: () => Plan;
}

const anyCompiled: fc.Arbitrary<Compiled> = fc.oneof(
	anyCreate.map(({ config, request }) => ({ config, request, compile: () => compileCreate(request) })),
	anyExec.map(({ config, request }) => ({ config, request, compile: () => compileExec(request) })),
);

function everyPlan(name: string, law: (plan: Plan, compiled: Compiled) => void): void {
	test(name, () => {
		fc.assert(fc.property(anyCompiled, (compiled) => law(compiled.compile(), compiled)));
	});
}

function frozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const member of Object.values(value)) frozen(member);
	}
	return value;
}

everyPlan('the same request gives the same plan, and is not touched', (plan, { request, compile }) => {
	frozen(request);
	expect(compile()).toEqual(plan);
});

/** Whether JSON has kept a value: 64-bit integers are their decimal digits, bytes are base64, undefined is absent. */
function isKept(value: unknown, json: unknown): boolean {
	if (typeof value === 'bigint') return typeof json === 'string' && BigInt(json) === value;
	if (typeof value !== 'object' || value === null || typeof json !== 'object' || json === null) return value === json;
	const entries = Object.entries(value).filter(([, member]) => member !== undefined);
	const others: Record<string, unknown> = { ...json };
	return (
		entries.length === Object.keys(others).length &&
		entries.every(([name, member]) => name in others && isKept(member, others[name]))
	);
}

everyPlan('a plan as JSON has lost nothing, and is what a reader of its text gets', (plan) => {
	const json = planToJson(plan);
	expect(isKept(plan, json)).toBe(true);
	expect(JSON.parse(JSON.stringify(json))).toEqual(json);
});

/** Stands for the compiler of profiles: other bytes for another profile. */
const profileBytes = (profile: unknown) =>
	new TextEncoder().encode(JSON.stringify(profile, (_, value) => (typeof value === 'bigint' ? `${value}` : value)));

/** The slots in the order in which host steps fill them. */
function slotsOf(plan: Plan): Map<string, number> {
	const names = plan.steps.flatMap(({ actor, args }) => (actor === 'host' && 'slot' in args ? [args.slot] : []));
	return new Map(names.map((name, index) => [name, index]));
}

/** What the helper has to be told of a step: descriptors by index, profiles as programs. */
function wireArguments(step: InitStep, slots: ReadonlyMap<string, number>): Record<string, unknown> {
	const types: Readonly<Record<string, string>> = initOperations[step.operation].fields;
	return Object.fromEntries(
		Object.entries(step.args).map(([name, value]: [string, unknown]) => {
			if (types[name] === 'fd') return [name, value === null ? null : slots.get(value as string)];
			if (types[name] === 'fds') return [name, (value as string[]).map((slot) => slots.get(slot))];
			return [name, types[name] === 'bytes' && !(value instanceof Uint8Array) ? profileBytes(value) : value];
		}),
	);
}

everyPlan('what the helper reads is what the plan says, step by step', (plan) => {
	const slots = slotsOf(plan);
	const decoded = decodeProgram(encodeProgram(plan, { slots, compileSeccomp: profileBytes }));
	const expected = plan.steps.flatMap((step, index) =>
		step.actor === 'init' ? [{ operation: step.operation, step: index, args: wireArguments(step, slots) }] : [],
	);
	expect(decoded).toEqual(expected);
});

test('a plan that uses a descriptor which nobody opens is not encoded', () => {
	fc.assert(
		fc.property(anyCreate, ({ request }) => {
			const plan = compileCreate(request);
			expect(() => encodeProgram(plan, { slots: new Map(), compileSeccomp: profileBytes })).toThrow(RangeError);
		}),
	);
});

/** The value at a pointer; undefined where the document has none. */
function valueAt(document: unknown, pointer: string): unknown {
	let value = document;
	for (const part of pointer.split('/').slice(1)) {
		if (typeof value !== 'object' || value === null) return undefined;
		value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
	}
	return value;
}

everyPlan(
	'whoever asked for a step is found in the config, at its pointer or in the object around it',
	(plan, { config }) => {
		for (const { pointer } of [...plan.steps, ...plan.warnings]) {
			if (pointer === '') continue;
			const around = pointer.slice(0, pointer.lastIndexOf('/'));
			expect({ pointer, around: typeof valueAt(config, around) }).toEqual({ pointer, around: 'object' });
		}
	},
);

everyPlan('the explanation has one line for each step and warning', (plan) => {
	const text = explainPlan(plan);
	expect(text.endsWith('\n')).toBe(true);
	expect(text.split('\n')).toHaveLength(plan.warnings.length + plan.steps.length + 1);
	expect(text).not.toMatch(/undefined|NaN|\[object/);
});
