import fc from 'fast-check';
import type { HostFacts } from '../../lib/host/index.js';
import { encodeProgram } from '../../lib/launch/encode.js';
import { compileCreate } from '../../lib/plan/compile-create.js';
import type { Plan } from '../../lib/plan/plan.js';
import { PlanMemory } from '../../lib/plan/plan-memory.js';
import type { CreateRequest } from '../../lib/plan/shape.js';
import { anyCreate } from './plan-requests.js';

// What is a name of a cgroup or of a unit takes another way through the plan.
const anyId = fc.constantFrom('a', 'box-2', 'tasks', 'x.service', 'cgroup.procs');

const anyIds = fc.array(anyId, { minLength: 2, maxLength: 4 });

function encoded(plan: Plan): string {
	const names = plan.steps.flatMap(({ actor, args }) => (actor === 'host' && 'slot' in args ? [args.slot] : []));
	const slots = new Map(names.map((name, index) => [name, index]));
	return Buffer.from(encodeProgram(plan, { slots, compileSeccomp: () => new Uint8Array([1, 2]) })).toString('hex');
}

test('with a memory the plans of containers of one config are as without, to the last byte', () => {
	fc.assert(
		fc.property(anyCreate, anyIds, ({ request }, ids) => {
			const memory = new PlanMemory();
			for (const id of ids) {
				const remembered = compileCreate({ ...request, id }, memory);
				const bytes = encoded(remembered);
				const fresh = compileCreate({ ...request, id });
				expect(remembered).toEqual(fresh);
				expect(bytes).toBe(encoded(fresh));
			}
		}),
	);
});

test('another host, bundle, option or config is not taken for the one before', () => {
	fc.assert(
		fc.property(anyCreate, anyCreate, ({ request }, { request: other }) => {
			const memory = new PlanMemory();
			const requests: CreateRequest[] = [
				request,
				{ ...request, bundle: '/elsewhere' },
				{ ...request, options: { ...request.options, starts: request.options.starts !== true } },
				{ ...request, options: { ...request.options, newKeyring: !request.options.newKeyring } },
				{ ...request, facts: { ...request.facts, lastCapability: 37 } satisfies HostFacts },
				{ ...request, spec: { ...request.spec, hostname: 'other' } },
				other,
				request,
			];
			for (const one of requests) expect(compileCreate(one, memory)).toEqual(compileCreate(one));
		}),
	);
});

test('most of a plan is made once', () => {
	fc.assert(
		fc.property(anyCreate, ({ request }) => {
			const memory = new PlanMemory();
			const first = compileCreate({ ...request, id: 'one' }, memory);
			const second = compileCreate({ ...request, id: 'two' }, memory);
			fc.pre(first.warnings.length === 0);
			const known = new Set(first.steps);
			const again = second.steps.filter((step) => known.has(step)).map(({ operation }) => operation);
			expect(again).toContain('change_root');
			expect(again.includes('exec')).toBe(
				request.spec.process !== undefined && !request.spec.hooks?.startContainer?.length,
			);
		}),
	);
});
