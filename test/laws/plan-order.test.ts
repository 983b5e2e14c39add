import fc from 'fast-check';
import { compileCreate } from '../../lib/plan/compile-create.js';
import { compileExec } from '../../lib/plan/compile-exec.js';
import type { Plan } from '../../lib/plan/plan.js';
import { barriers, type Step } from '../../lib/plan/step.js';
import { initOperations } from '../../lib/plan/tables/operations.js';
import { anyCreate, anyExec } from './plan-requests.js';

type Name = Step['operation'];

/** A law holds for every plan of `create` and of `exec` alike. */
function everyPlan(name: string, law: (steps: readonly Step[], plan: Plan) => void): void {
	test.each([
		['create', anyCreate.map(({ request }) => compileCreate(request))],
		['exec', anyExec.map(({ request }) => compileExec(request))],
	] as const)(`%s: ${name}`, (_verb, plans) => {
		fc.assert(fc.property(plans as fc.Arbitrary<Plan>, (plan) => law(plan.steps, plan)));
	});
}

function everyCreate(name: string, law: (steps: readonly Step[]) => void): void {
	test(`create: ${name}`, () => {
		fc.assert(fc.property(anyCreate, ({ request }) => law(compileCreate(request).steps)));
	});
}

const indexes = (steps: readonly Step[], ...names: readonly Name[]): number[] =>
	steps.flatMap(({ operation }, index) => (names.includes(operation) ? [index] : []));

/** Each step of the one kind comes before each of the other. */
function expectBefore(steps: readonly Step[], first: readonly Name[], second: readonly Name[]): void {
	expect(Math.max(-1, ...indexes(steps, ...first))).toBeLessThan(Math.min(steps.length, ...indexes(steps, ...second)));
}

const mountSteps = ['mount', 'bind', 'remount'] as const;

/** Hooks of a kind that init runs, among those of its other kinds. */
const hooksOfInit = (steps: readonly Step[], kind: 'createContainer' | 'startContainer'): number[] =>
	steps.flatMap((step, index) =>
		step.actor === 'init' && step.operation === 'hook' && step.pointer.startsWith(`/hooks/${kind}/`) ? [index] : [],
	);

everyPlan('a descriptor is opened once, before init is started, and then used', (steps) => {
	const opened = new Map<string, number>();
	const used = new Set<string>();
	for (const [index, { actor, operation, args }] of steps.entries()) {
		if (actor === 'host') {
			if (!('slot' in args)) continue;
			expect(opened.has(args.slot)).toBe(false);
			opened.set(args.slot, index);
			continue;
		}
		const fields: Readonly<Record<string, string>> = initOperations[operation].fields;
		for (const [field, value] of Object.entries(args)) {
			if (fields[field] !== 'fd' && fields[field] !== 'fds') continue;
			for (const name of [value].flat()) if (name !== null) used.add(name as string);
		}
	}
	const [spawn = -1] = indexes(steps, 'spawn');
	for (const index of opened.values()) expect(index).toBeLessThan(spawn);
	expect([...used].filter((name) => !opened.has(name))).toEqual([]);
	// The container's init is pinned even where no namespace of it is joined: it is alive, and the one that is meant.
	expect([...opened.keys()].filter((name) => !used.has(name) && name !== 'init')).toEqual([]);
});

everyPlan('init is started once, before it does anything', (steps) => {
	expect(indexes(steps, 'spawn')).toHaveLength(1);
	expect(steps.findIndex(({ actor }) => actor === 'init')).toBeGreaterThan(
		steps.findIndex((s) => s.operation === 'spawn'),
	);
	expect(indexes(steps, 'await_fork').map((index) => steps[index - 1]?.operation)).toEqual(
		indexes(steps, 'fork').map(() => 'fork'),
	);
});

everyPlan('barriers come in their order on both hands, and init does nothing between one and its release', (steps) => {
	const reached: number[] = [];
	let held: number | undefined;
	for (const step of steps) {
		if (step.operation === 'barrier') {
			expect(held).toBeUndefined();
			held = step.args.id;
			reached.push(held);
		} else if (step.operation === 'release') {
			expect(step.args.id).toBe(held);
			held = undefined;
		} else if (held !== undefined) {
			expect(step.actor).toBe('host');
		}
	}
	expect(held).toBeUndefined();
	const order: readonly number[] = Object.values(barriers);
	// That of mounts that are shown comes once for each.
	const kinds = reached.filter((id, index) => id !== barriers.shown || reached[index - 1] !== id);
	expect(kinds).toEqual(order.filter((id) => reached.includes(id)));
	expect([reached.at(0), reached.at(-1)]).toEqual([barriers.placed, barriers.complete]);
});

everyPlan('while init is at work the host waits', (steps) => {
	const spawn = steps.findIndex(({ operation }) => operation === 'spawn');
	const [first = 0] = indexes(steps, 'barrier');
	for (const [index, { actor, operation }] of steps.entries()) {
		if (actor !== 'host' || index <= spawn || operation === 'await_fork') continue;
		const before = steps.slice(0, index).filter((step) => step.operation === 'barrier').length;
		const released = steps.slice(0, index).filter((step) => step.operation === 'release').length;
		expect({ operation, held: before - released, late: index > first }).toEqual({ operation, held: 1, late: true });
	}
});

everyPlan('the process is in its cgroups before anybody else’s code runs in its name', (steps) => {
	expect(indexes(steps, 'enter_cgroup').length).toBeLessThanOrEqual(1);
	expectBefore(steps, ['create_cgroup'], ['spawn']);
	expectBefore(steps, ['enter_cgroup'], ['hook', 'exec', 'new_session']);
	for (const index of indexes(steps, 'enter_cgroup')) {
		expect(steps.slice(index).find(({ operation }) => operation === 'release')?.args).toEqual({ id: 0 });
	}
});

everyPlan('the cgroup namespace is made inside the cgroup', (steps) => {
	const cgroupNamespace = 0x02000000n;
	const made = steps.findIndex((step) => step.operation === 'unshare' && step.args.flags === cgroupNamespace);
	if (made !== -1) expect(made).toBeGreaterThan(Math.max(-1, ...indexes(steps, 'enter_cgroup')));
	for (const step of steps) {
		if (step.operation === 'spawn' || step.operation === 'fork') expect(step.args.flags & cgroupNamespace).toBe(0n);
	}
});

everyPlan('ids are mapped before init takes one of them', (steps) => {
	expect(indexes(steps, 'write_id_maps').length).toBeLessThanOrEqual(1);
	expectBefore(steps, ['write_id_maps'], ['become_root', 'identity']);
	expectBefore(steps, ['become_root'], ['identity', ...mountSteps, 'hostname', 'loopback']);
});

everyPlan('after the identity nothing is done that takes a privilege', (steps) => {
	const [identity = steps.length] = indexes(steps, 'identity');
	const allowed = ['capabilities', 'chdir', 'home', 'find_program', 'barrier', 'wait_start', 'hook', 'seccomp'].concat(
		'close_descriptors',
		'exec',
	);
	const after = steps.slice(identity + 1).filter(({ actor }) => actor === 'init');
	expect(after.map(({ operation }) => operation).filter((name) => !allowed.includes(name))).toEqual([]);
	expectBefore(steps, ['drop_bounding'], ['identity']);
	expectBefore(steps, ['identity'], ['capabilities', 'find_program', 'exec']);
});

everyPlan('init is undumpable before it meets processes that could trace it', (steps) => {
	// From a user namespace that is joined even a user without privileges could be traced who could not before.
	const newUser = 0x10000000;
	const joinsUser = steps.some((step) => step.operation === 'join_namespaces' && step.args.types.includes(newUser));
	if (joinsUser) expect(indexes(steps, 'undumpable')).toHaveLength(1);
	if (indexes(steps, 'undumpable').length === 0) return;
	expectBefore(steps, ['undumpable'], ['join_namespaces', 'join_process']);
	// Its files in /proc are root's from then on.
	const [undumpable = 0] = indexes(steps, 'undumpable');
	const late = steps.slice(undumpable).map(({ operation }) => operation);
	if (joinsUser) expect(late).not.toContain('write_oom_score');
});

everyPlan('the program is the last thing, and is found while the caller still listens', (steps) => {
	const exec = indexes(steps, 'exec');
	if (exec.length === 0) {
		expect(steps.at(-1)?.operation).toBe('wait_start');
		return;
	}
	expect(exec).toEqual([steps.length - 1]);
	const [lastBarrier = -1] = indexes(steps, 'barrier').toReversed();
	expect(indexes(steps, 'find_program')).toHaveLength(1);
	expect(indexes(steps, 'find_program')[0]).toBeLessThan(lastBarrier);
	expectBefore(steps, ['close_descriptors'], ['exec']);
});

everyCreate('the record is written directly before init is released for the last time', (steps) => {
	expect(indexes(steps, 'record')).toHaveLength(1);
	const [lastRelease = -1] = indexes(steps, 'release').toReversed();
	expect(indexes(steps, 'record')).toEqual([lastRelease - 1]);
	expect(steps[lastRelease + 1]?.operation).toBe('wait_start');
});

test('exec: no record, no waiting for start, no hooks', () => {
	fc.assert(
		fc.property(anyExec, ({ request }) => {
			const { steps } = compileExec(request);
			expect(indexes(steps, 'record', 'wait_start', 'hook', 'listen')).toEqual([]);
		}),
	);
});

test('create: mounts keep the order of the config, none is left out', () => {
	fc.assert(
		fc.property(anyCreate, ({ request }) => {
			const { steps } = compileCreate(request);
			// What the host prepares for a mount (its tree, the owner of its cgroup) comes before all of them.
			const entries = steps.flatMap(({ actor, pointer }) => {
				const entry = /^\/mounts\/(\d+)$/.exec(pointer)?.[1];
				return entry === undefined || actor === 'host' ? [] : [Number(entry)];
			});
			expect([...new Set(entries)]).toEqual((request.spec.mounts ?? []).map((_, index) => index));
			expect(entries).toEqual(entries.toSorted((a, b) => a - b));
		}),
	);
});

everyCreate('what is hidden is hidden after all mounts, devices and hooks of the building phase', (steps) => {
	expectBefore(steps, [...mountSteps, 'device', 'device_bind', 'symlink', 'ptmx', 'console'], ['readonly', 'mask']);
	expectBefore(steps, ['sysctl'], ['readonly', 'mask']);
	expectBefore(steps, ['readonly'], ['mask']);
	expect(Math.max(-1, ...hooksOfInit(steps, 'createContainer'))).toBeLessThan(
		Math.min(steps.length, ...indexes(steps, 'sysctl', 'readonly', 'mask')),
	);
});

everyCreate('devices come after the mounts they may be on, and a read-only /dev is sealed after them', (steps) => {
	const isSeal = ({ operation, pointer }: Step) => operation === 'remount' && pointer.endsWith('/options');
	const building = steps.map((step) => (isSeal(step) ? ({ ...step, operation: 'readonly_root' } as Step) : step));
	// Links are not among them: those of a cgroup mount are made with it.
	expectBefore(building, mountSteps, ['device', 'device_bind', 'ptmx']);
	const seals = steps.flatMap((step, index) => (isSeal(step) ? [index] : []));
	const made = indexes(steps, 'device', 'device_bind', 'symlink', 'ptmx', 'console', 'make_directory', 'mount', 'bind');
	if (seals.length > 0) expect(Math.min(...seals)).toBeGreaterThan(Math.max(-1, ...made));
});

everyCreate('the root changes once, after everything that needs the old one', (steps) => {
	const [root = -1, ...more] = indexes(steps, 'change_root');
	expect(root).toBeGreaterThan(-1);
	expect(more).toEqual([]);
	expectBefore(
		steps,
		['propagation', 'rootfs', ...mountSteps, 'device', 'device_bind', 'ptmx', 'sysctl', 'readonly', 'mask', 'console'],
		['change_root'],
	);
	expectBefore(steps, ['propagation'], ['rootfs']);
	expectBefore(steps, ['rootfs'], [...mountSteps, 'device', 'device_bind', 'ptmx', 'symlink']);
	expectBefore(steps, ['change_root'], ['root_propagation', 'readonly_root', 'identity', 'find_program']);
	expectBefore(steps, ['root_propagation'], ['readonly_root']);
	for (const index of hooksOfInit(steps, 'createContainer')) expect(index).toBeLessThan(root);
	for (const index of hooksOfInit(steps, 'startContainer')) expect(index).toBeGreaterThan(root);
});

test('a container without a mount namespace is confined to its root directory all the same', () => {
	fc.assert(
		fc.property(anyCreate, anyExec, (create, exec) => {
			for (const [spec, { steps }] of [
				[create.request.spec, compileCreate(create.request)],
				[exec.request.spec, compileExec(exec.request)],
			] as const) {
				if (spec.linux?.namespaces?.some(({ type }) => type === 'mount')) continue;
				const [change = -1] = indexes(steps, 'change_root');
				expect(steps[change]?.args).toEqual({ method: 2 });
				const before = steps.slice(0, change).findLast(({ operation }) => operation === 'chdir');
				expect(before).toMatchObject({ pointer: '/root/path', args: { attempt: 0 } });
			}
		}),
	);
});

everyCreate('hooks run in the order of the specification', (steps) => {
	const kinds = ['prestart', 'createRuntime', 'createContainer', 'startContainer'];
	const seen = steps.flatMap(({ pointer }) => {
		const parts = /^\/hooks\/(\w+)\/(\d+)$/.exec(pointer);
		return parts === null ? [] : [kinds.indexOf(parts[1] ?? '') * 100 + Number(parts[2])];
	});
	expect(seen).toEqual(seen.toSorted((a, b) => a - b));
	expect(seen.every((number) => number >= 0)).toBe(true);
});

test('a seccomp filter is loaded before the capabilities go, or with no_new_privs before the first program inside', () => {
	fc.assert(
		fc.property(
			fc.oneof(
				anyCreate.map(({ request }) => ({ request, plan: compileCreate(request) })),
				anyExec.map(({ request }) => ({ request, plan: compileExec(request) })),
			),
			({ request, plan: { steps } }) => {
				const process = 'process' in request ? request.process : request.spec.process;
				const filters = indexes(steps, 'seccomp');
				expect(filters).toHaveLength(request.spec.linux?.seccomp === undefined || process === undefined ? 0 : 1);
				const [filter] = filters;
				if (filter === undefined) return;
				if (process?.noNewPrivileges === true) {
					const [hook] = hooksOfInit(steps, 'startContainer');
					expect(filter + 1).toBe(hook ?? indexes(steps, 'exec')[0]);
					expectBefore(steps, ['no_new_privileges'], ['seccomp']);
				} else {
					expectBefore(steps, ['seccomp'], ['drop_bounding', 'identity', 'capabilities']);
					expectBefore(steps, [...mountSteps, 'change_root', 'label'], ['seccomp']);
				}
			},
		),
	);
});
