import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describeWith, type Requirement } from '../../harness/requirement.js';
import { packaged, stage } from './stage.js';

/** A runtime under an engine. */
export interface EngineRuntime {
	readonly name: 'tsrun' | 'runc';
	/** Absolute path of the program. */
	readonly program: string;
}

export const tsrun: EngineRuntime = { name: 'tsrun', program: '/usr/local/bin/tsrun' };
const runc: EngineRuntime = { name: 'runc', program: '/usr/sbin/runc' };

/**
 * The same scenarios with tsrun and with runc, so that what this machine cannot do shows itself as such. The summary of
 * scripts/clients.mjs reads the titles: client, runtime, scenario.
 */
export function withEachRuntime(client: string, needs: readonly Requirement[], body: (runtime: EngineRuntime) => void) {
	for (const runtime of [tsrun, runc]) {
		describe(client, () => {
			describeWith([stage, packaged('runc'), ...needs], runtime.name, () => body(runtime));
		});
	}
}

/** What `--privileged` needs of the machine: runc before 1.2 grants every capability there is, or fails. */
export function everyCapability(runtime: EngineRuntime): Requirement {
	return {
		what: 'a machine that lacks no capability',
		met: () => goesOnWithout(runtime) || lackedCapabilities() === 0n,
	};
}

function goesOnWithout({ name, program }: EngineRuntime): boolean {
	if (name === 'tsrun') return true;
	const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
	const [, major = 0, minor = 0] = stdout.match(/^runc version (\d+)\.(\d+)/)?.map(Number) ?? [];
	return major > 1 || minor >= 2;
}

/** What saving and restoring processes needs: criu, which has to know the kernel, and a runtime that says it can. */
export function checkpoints({ program }: EngineRuntime): Requirement {
	return {
		what: 'criu that works with this kernel, and a runtime that performs checkpoints',
		met: () => {
			if (spawnSync('criu', ['check'], { timeout: 20_000 }).status !== 0) return false;
			const { status, stdout } = spawnSync(program, ['features'], { encoding: 'utf8' });
			return status === 0 && /"org\.opencontainers\.runc\.checkpoint\.enabled": *"true"/.test(stdout);
		},
	};
}

/** @param what runc is not told to do, or does not know */
export function onlyTsrun({ name }: EngineRuntime, what: string): Requirement {
	return { what: `a runtime that ${what}`, met: () => name === 'tsrun' };
}

function lackedCapabilities(): bigint {
	const last = BigInt(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
	const bounding = readFileSync('/proc/self/status', 'utf8').match(/^CapBnd:\s*(\w+)/m)?.[1];
	return (2n ** (last + 1n) - 1n) & ~BigInt(`0x${bounding}`);
}

/** `test`, or a skipped one whose title says what is lacking. */
export function scenarioWith(
	needs: readonly Requirement[],
	title: string,
	body: () => Promise<void>,
	timeout?: number,
): void {
	const lacking = needs.filter(({ met }) => !met()).map(({ what }) => what);
	if (lacking.length === 0) test(title, body, timeout);
	else test.skip(`${title} (needs ${lacking.join(', ')})`, body);
}
