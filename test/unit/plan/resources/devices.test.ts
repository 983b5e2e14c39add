import fc from 'fast-check';
import { ConfigError } from '../../../../lib/errors/index.js';
import { cgroupDirectories } from '../../../../lib/plan/cgroup-path.js';
import { deviceList } from '../../../../lib/plan/resources/device-list.js';
import { allowsEverything, devicePolicy } from '../../../../lib/plan/resources/device-policy.js';
import { deviceProgram, encodeInstructions } from '../../../../lib/plan/resources/device-program.js';
import { deviceRulesStage } from '../../../../lib/plan/resources/devices.js';
import type { DeviceRule } from '../../../../lib/spec/index.js';
import { hybrid, legacy, unified } from './compiled.js';
import { type DeviceRequest, runProgram, unreachable } from './device-interpreter.js';
import { LegacyDevices } from './legacy-devices.js';

const denyAll: DeviceRule = { allow: false, access: 'rwm' };
const allowAll: DeviceRule = { allow: true, type: 'a', access: 'rwm' };
const read = 2;
const write = 4;
const mknod = 1;

/** A few numbers, so that rules and requests meet; those of the devices that every container has among them. */
const number = fc.constantFrom(0, 1, 3, 5, 10, 200, 4095);
const ruleNumber = fc.option(fc.oneof(number, fc.constant(-1)), { nil: undefined });
const rule: fc.Arbitrary<DeviceRule> = fc.record({
	allow: fc.boolean(),
	type: fc.constantFrom('a', 'b', 'c', undefined),
	major: ruleNumber,
	minor: ruleNumber,
	access: fc.constantFrom('r', 'w', 'm', 'rw', 'rwm', undefined),
});
const rules = fc.array(rule, { maxLength: 8 });
const request: fc.Arbitrary<DeviceRequest> = fc.record({
	type: fc.constantFrom('b' as const, 'c' as const),
	major: number,
	minor: number,
	// What open(2) and mknod(2) ask for.
	access: fc.constantFrom(mknod, read, write, read | write),
});

const always = [
	['c', 1, 3],
	['c', 1, 5],
	['c', 1, 7],
	['c', 1, 8],
	['c', 1, 9],
	['c', 5, 0],
	['c', 5, 2],
	['c', 136, 7],
	['c', 10, 200],
] as const;

/** config-linux.md, "Allowed Device list", read as literally as possible. */
function allowed(list: readonly DeviceRule[], { type, major, minor, access }: DeviceRequest): boolean {
	const speaks = (one: DeviceRule, bit: number) =>
		(one.type === undefined || one.type === 'a' || one.type === type) &&
		(one.major === undefined || one.major === -1 || one.major === major) &&
		(one.minor === undefined || one.minor === -1 || one.minor === minor) &&
		(one.access ?? 'rwm').includes({ [mknod]: 'm', [read]: 'r', [write]: 'w' }[bit] ?? '?');
	return [mknod, read, write]
		.filter((bit) => (access & bit) !== 0)
		.every(
			(bit) =>
				bit === mknod ||
				always.some(([t, a, b]) => t === type && a === major && (b === minor || a === 136)) ||
				(list.findLast((one) => speaks(one, bit))?.allow ?? false),
		);
}

function programOf(list: readonly DeviceRule[]) {
	const program = deviceProgram(devicePolicy(list, ''));
	if (program === undefined) throw new Error('no program');
	return program;
}

describe('the program of v2', () => {
	test('decides as the rules say, in their order', () => {
		fc.assert(
			fc.property(rules, fc.array(request, { minLength: 5, maxLength: 20 }), (list, requests) => {
				const program = programOf(list);
				for (const one of requests) expect(runProgram(program, one)).toBe(allowed(list, one) ? 1 : 0);
			}),
			{ numRuns: 500 },
		);
	});

	test('has no instruction that nothing leads to', () => {
		fc.assert(fc.property(rules, (list) => expect(unreachable(programOf(list))).toEqual([])));
	});

	test.each([
		['nothing', []],
		['nothing, again', [denyAll]],
		['all but one', [allowAll, { allow: false, type: 'b', major: 8, minor: 0 }]],
		['all', [denyAll, allowAll]],
	])('%s is allowed', (title, list) => {
		const program = programOf(list);
		const disk = { type: 'b' as const, major: 8, access: read | write };
		expect(runProgram(program, { ...disk, minor: 0 })).toBe(title === 'all' ? 1 : 0);
		expect(runProgram(program, { ...disk, minor: 1 })).toBe(title.startsWith('all') ? 1 : 0);
		expect(runProgram(program, { type: 'c', major: 1, minor: 3, access: read | write })).toBe(1);
		expect(allowsEverything(devicePolicy(list, ''))).toBe(title === 'all');
	});

	test('a hole in an allowed range', () => {
		const program = programOf([
			denyAll,
			{ allow: true, type: 'c', major: 10 },
			{ allow: false, type: 'c', major: 10, minor: 1, access: 'w' },
		]);
		const of = (minor: number, access: number) => runProgram(program, { type: 'c', major: 10, minor, access });
		expect([of(1, read), of(1, write), of(1, read | write), of(2, read | write)]).toEqual([1, 0, 0, 1]);
	});

	test('a list that no program can hold', () => {
		const list = Array.from({ length: 9000 }, (_, index): DeviceRule => {
			return { allow: index % 2 === 0, type: 'c', major: 1 + (index % 4000), minor: index };
		});
		expect(deviceProgram(devicePolicy(list, ''))).toBeUndefined();
		expect(deviceProgram(devicePolicy(list.slice(0, 3500), ''))).toBeDefined();
	});

	test('its bytes, in both byte orders', () => {
		const load = { code: 0x61, destination: 4, source: 1, offset: 0x102, immediate: -2 };
		expect(Buffer.from(encodeInstructions([load], true)).toString('hex')).toBe('61140201feffffff');
		expect(Buffer.from(encodeInstructions([load], false)).toString('hex')).toBe('61410102fffffffe');
	});
});

describe('the lists of v1', () => {
	test('say what the rules say, or that they cannot', () => {
		let expressed = 0;
		fc.assert(
			fc.property(rules, fc.array(request, { minLength: 5, maxLength: 20 }), (list, requests) => {
				const { writes, faults } = deviceList(devicePolicy(list, ''));
				fc.pre(faults.length === 0);
				expressed++;
				const kernel = new LegacyDevices();
				for (const one of writes) kernel.write(one);
				for (const one of requests) {
					// Reading and writing may be allowed by two exceptions, and the kernel wants one that has both.
					const split = one.access === (read | write) && allowed(list, one) && !kernel.allows(one);
					if (split) expect([read, write].every((access) => kernel.allows({ ...one, access }))).toBe(true);
					else expect(kernel.allows(one)).toBe(allowed(list, one));
				}
			}),
			{ numRuns: 500 },
		);
		expect(expressed).toBeGreaterThanOrEqual(500);
	});

	test('an ordinary container', () => {
		const { writes, faults } = deviceList(
			devicePolicy([denyAll, { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' }], '/at'),
		);
		expect(faults).toEqual([]);
		expect(writes.map(({ file, value }) => `${file} ${value}`)).toEqual([
			'devices.deny a',
			'devices.allow c 10:229 rw',
			'devices.allow c *:* m',
			'devices.allow b *:* m',
			'devices.allow c 1:3 rwm',
			'devices.allow c 1:5 rwm',
			'devices.allow c 1:7 rwm',
			'devices.allow c 1:8 rwm',
			'devices.allow c 1:9 rwm',
			'devices.allow c 5:0 rwm',
			'devices.allow c 5:2 rwm',
			'devices.allow c 136:* rwm',
			'devices.allow c 10:200 rwm',
		]);
		expect(writes[1]?.pointer).toBe('/at/1');
	});

	test('a privileged container', () => {
		expect(deviceList(devicePolicy([denyAll, allowAll], ''))).toEqual({
			writes: [{ file: 'devices.allow', value: 'a', pointer: '' }],
			faults: [],
		});
	});

	test('all character devices denied, and yet those that every container has', () => {
		const { writes, faults } = deviceList(devicePolicy([allowAll, { allow: false, type: 'c' }], ''));
		expect(faults).toEqual([]);
		expect(writes.slice(0, 3).map(({ file, value }) => `${file} ${value}`)).toEqual([
			'devices.deny a',
			'devices.allow b *:* rwm',
			'devices.allow c *:* m',
		]);
	});

	test('a hole that the kernel would not make is a fault of the rule that asks for it', () => {
		const list: DeviceRule[] = [
			denyAll,
			{ allow: true, type: 'c', major: 10 },
			{ allow: false, type: 'c', major: 10, minor: 1 },
		];
		expect(deviceList(devicePolicy(list, '/at')).faults).toEqual([
			{ pointer: '/at/2', message: 'cgroup v1 cannot take c 10:1 rwm out of c 10:* rwm; list what remains instead' },
		]);
	});
});

describe('the steps', () => {
	const warnings: string[] = [];
	const stage = (layout: typeof legacy, list: readonly DeviceRule[] | undefined, powerless = false) => {
		warnings.length = 0;
		const target = { layout, directories: cgroupDirectories(layout, 'id', '/c') };
		const warn = (message: string) => warnings.push(message);
		return [...deviceRulesStage({ rules: list, target, at: '/at', powerless, warn })];
	};

	test('a list on v1, a program on v2 and where v1 has no devices controller', () => {
		expect(stage(legacy, [denyAll])).toEqual([expect.objectContaining({ operation: 'write_cgroup', pointer: '/at' })]);
		for (const layout of [unified, hybrid]) {
			expect(stage(layout, [denyAll])).toEqual([
				expect.objectContaining({
					operation: 'restrict_devices',
					args: expect.objectContaining({ directory: '/v2/c', tolerated: [] }),
				}),
			]);
		}
	});

	test('without rules nothing is allowed but what every container has', () => {
		expect(stage(unified, undefined)).toEqual([
			expect.objectContaining({ operation: 'restrict_devices', pointer: '' }),
		]);
	});

	test('nothing to forbid takes no program', () => {
		expect(stage(unified, [denyAll, allowAll])).toEqual([]);
	});

	test('without power a refusal is no failure', () => {
		const tolerated = ['EPERM', 'EACCES', 'EROFS'];
		expect(stage(unified, [denyAll], true)).toEqual([
			expect.objectContaining({ args: expect.objectContaining({ tolerated }) }),
		]);
	});

	test('nowhere to put rules', () => {
		const layout = {
			mode: 'legacy' as const,
			v1: legacy.v1.filter(({ controllers }) => !controllers.includes('devices')),
		};
		expect(() => stage(layout, [denyAll])).toThrow(ConfigError);
		expect(stage(layout, [denyAll], true)).toEqual([]);
		expect(warnings).toEqual([expect.stringMatching(/^the use of devices is not restricted/)]);
		expect(stage({ mode: 'none', v1: [] }, [denyAll])).toEqual([]);
		expect(warnings).toHaveLength(1);
	});
});
