import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { TsrunError } from '../../lib/errors/index.js';
import type { HostFacts } from '../../lib/host/index.js';
import { absolutePath } from '../../lib/paths.js';
import { compileCreate } from '../../lib/plan/compile-create.js';
import { compileExec, type ExecRequest } from '../../lib/plan/compile-exec.js';
import type { Plan } from '../../lib/plan/plan.js';
import type { CreateOptions } from '../../lib/plan/shape.js';
import { parseProcess, parseSpec } from '../harness/parse-spec.js';
import { planText } from './plan-text.js';

export const fixtureRoot = join(import.meta.dirname, '../../spec-fixtures');
export const hostFolder = join(fixtureRoot, 'hosts');

/** Files that a fixture may have; one of the last two is what is expected. */
export const fixtureFiles = ['config.json', 'host.json', 'create.json', 'exec.json', 'plan.txt', 'refusal.txt'];

const id = 'box';
const bundle = '/bundle';

/** Most ideas have nothing to do with cgroups: on a host that has none, no step and no warning is about them. */
function usualOptions({ cgroup, euid }: HostFacts): CreateOptions {
	return {
		pivot: true,
		newKeyring: true,
		preservedDescriptors: 0,
		listenDescriptors: 0,
		cgroupManager: cgroup.mode === 'none' ? 'disabled' : 'cgroupfs',
		rootless: euid !== 0,
	};
}

/** Names of all fixtures of plans: every folder with a config.json but those of invalid configs. */
export function planFixtures(): string[] {
	return readdirSync(fixtureRoot, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.name === 'config.json')
		.map((entry) => relative(fixtureRoot, entry.parentPath))
		.filter((name) => !name.startsWith('invalid/'))
		.sort();
}

/** What is expected of a fixture, by the file that has to hold it. */
export function outcomeOf(name: string): { file: 'plan.txt' | 'refusal.txt'; text: string } {
	try {
		return { file: 'plan.txt', text: planText(planOf(name)) };
	} catch (error) {
		if (error instanceof TsrunError) return { file: 'refusal.txt', text: `${error.code}\n${error.message}\n` };
		throw error;
	}
}

export function planOf(name: string): Plan {
	const { spec } = parseSpec(readFileSync(join(fixtureRoot, name, 'config.json'), 'utf8'), 'config.json');
	const facts = hostOf(name).facts;
	const exec = read(name, 'exec.json') as ExecFile | undefined;
	if (exec === undefined) {
		const options = { ...usualOptions(facts), ...(read(name, 'create.json') as Partial<CreateOptions> | undefined) };
		return compileCreate({ id, bundle, spec, facts, options });
	}
	const own = exec.process === undefined ? undefined : parseProcess(JSON.stringify(exec.process), 'process.json');
	const process = own ?? spec.process;
	if (process === undefined) throw new Error(`${name} has no process to execute`);
	return compileExec({
		id,
		pid: 4711,
		startTime: '123456',
		process,
		at: own === undefined ? '/process' : '',
		rootfs: absolutePath(bundle, spec.root.path),
		spec,
		namespaces: exec.namespaces,
		cgroups: exec.cgroups ?? { v1: [] },
		newKeyring: exec.newKeyring ?? true,
		preservedDescriptors: exec.preservedDescriptors ?? 0,
		facts,
	});
}

/** What exec.json says: the rest of the request is the same for all. */
interface ExecFile
	extends Pick<ExecRequest, 'namespaces'>,
		Partial<Pick<ExecRequest, 'cgroups' | 'newKeyring' | 'preservedDescriptors'>> {
	/** Absent: the process of the config itself. */
	readonly process?: unknown;
}

/** host.json is one of the shared hosts, named by `like`, with the facts that are different. */
export function hostOf(name: string): { like: string; facts: HostFacts } {
	const { like, ...different } = read(name, 'host.json') as { like: string } & Partial<HostFacts>;
	const shared = JSON.parse(readFileSync(join(hostFolder, `${like}.json`), 'utf8')) as HostFacts;
	return { like, facts: { ...shared, ...different } };
}

function read(name: string, file: string): unknown {
	const path = join(fixtureRoot, name, file);
	return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
