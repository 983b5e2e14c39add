import type { CgroupManager } from '../lifecycle/engine.js';
import { version } from '../version.js';
import type { Examination } from './examination.js';
import type { Refusals } from './obstacles.js';
import type { DoctorReport, Finding } from './report.js';

/** What {@link doctor} is asked. */
export interface DoctorOptions {
	/** A bundle whose config.json is to be judged; absolute or from the working directory. */
	readonly bundle?: string | undefined;
	/** A file to read in place of config.json of the bundle. */
	readonly configFile?: string | undefined;
	/** Who would make cgroups. Default: `cgroupfs`. */
	readonly cgroupManager?: CgroupManager | undefined;
	/** As of a Runtime. Default: `auto`. */
	readonly rootless?: boolean | 'auto' | undefined;
	/** The caller's environment. Default: process.env. */
	readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Examines this machine for what containers need, by trying wherever that is possible: in throw-away processes, namespaces and
 * folders, of which nothing is left. With a bundle, also says what of that very configuration would fail here.
 *
 * @throws TsrunError ERR_NATIVE; ERR_SYSTEM when /proc cannot be read. What the machine lacks is no error but a finding.
 */
export async function doctor(options: DoctorOptions = {}): Promise<DoctorReport> {
	const { Examination } = await import('./examination.js');
	const examination = new Examination();
	const { facts } = examination.self;
	const engine = {
		environment: definedOf(options.env ?? process.env),
		cgroupManager: options.cgroupManager ?? 'cgroupfs',
		rootless: options.rootless ?? 'auto',
	} as const;
	const findings = await allFindings(examination);
	const { containerFindings } = await import('./topics/container.js');
	const containers = await containerFindings(examination, engine);
	const { obstacles } = await import('./obstacles.js');
	const report: DoctorReport = {
		version,
		kernel: facts.kernel.release,
		architecture: process.arch,
		uid: facts.euid,
		inUserNamespace: facts.inUserNamespace,
		able: containers.some(({ status }) => status === 'works'),
		findings: [...findings, ...containers],
		obstacles: await obstacles(examination.self, await refusalsOf(examination)),
	};
	if (options.bundle === undefined) return report;
	const { bundleFaults } = await import('./bundle/faults.js');
	return { ...report, bundle: await bundleFaults(options.bundle, options.configFile, examination, engine) };
}

async function allFindings(examination: Examination): Promise<Finding[]> {
	const topics = [
		async () => (await import('./topics/kernel.js')).kernelFindings,
		async () => (await import('./topics/namespaces.js')).namespaceFindings,
		async () => (await import('./topics/users.js')).userFindings,
		async () => (await import('./topics/cgroups.js')).cgroupFindings,
		async () => (await import('./topics/mounts.js')).mountFindings,
		async () => (await import('./topics/security.js')).securityFindings,
		async () => (await import('./topics/network.js')).networkFindings,
		async () => (await import('./topics/checkpoint.js')).checkpointFindings,
		async () => (await import('./topics/limits.js')).limitFindings,
	];
	const findings: Finding[] = [];
	// One after the other: each makes processes and folders, and a machine that is short of them should not look worse than it is.
	for (const load of topics) findings.push(...(await (await load())(examination)));
	return findings;
}

/** What was found already, in the terms of {@link Refusals}. */
async function refusalsOf(examination: Examination): Promise<Refusals> {
	const { mountRefusals } = await import('./topics/mounts.js');
	const { isMaking } = await import('./topics/namespaces.js');
	const user = await examination.namespaces('user');
	const userNamespace = user !== undefined && isMaking(user) ? user.errno : undefined;
	return { userNamespace, ...(await mountRefusals(examination)) };
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
	return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
