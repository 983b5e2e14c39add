import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TsrunError } from '../../errors/index.js';
import { createContainer } from '../../lifecycle/create.js';
import { deleteContainer } from '../../lifecycle/delete.js';
import { Engine, type EngineOptions } from '../../lifecycle/engine.js';
import { removeTree } from '../../os/index.js';
import { defaultSpec, renderSpec } from '../../spec/template.js';
import { StateStore } from '../../state/index.js';
import type { Examination } from '../examination.js';
import type { Finding } from '../report.js';

type Options = Omit<EngineOptions, 'store' | 'facts' | 'onWarning'>;

/**
 * A whole container as `tsrun spec` describes it, short of its program, made and deleted again. Where root cannot have it, also one as
 * an ordinary user would make it: in a container without privileges that is the one there can be.
 *
 * @returns one finding, or both
 */
export async function containerFindings(examination: Examination, options: Options): Promise<Finding[]> {
	const rootless = examination.self.facts.euid !== 0;
	const usual = await attempt(examination, options, rootless);
	if (rootless || usual.status === 'works') return [usual];
	return [usual, await attempt(examination, { ...options, rootless: true }, true)];
}

async function attempt({ self: { facts } }: Examination, options: Options, rootless: boolean): Promise<Finding> {
	const folder = mkdtempSync(join(tmpdir(), 'tsrun-doctor-'));
	try {
		const store = new StateStore(join(folder, 'state'), { sticky: false });
		const engine = new Engine({ ...options, store: () => store, facts: () => facts, onWarning: () => {} });
		writeBundle(folder, rootless, facts);
		return await made(engine, `doctor-${process.pid}`, folder, rootless);
	} finally {
		await removeTree(folder);
	}
}

function writeBundle(folder: string, rootless: boolean, { euid, egid, cgroup }: Examination['self']['facts']): void {
	const { process: _, ...spec } = defaultSpec({ rootless, cgroup2: cgroup.mode === 'unified', uid: euid, gid: egid });
	mkdirSync(join(folder, 'rootfs'));
	writeFileSync(join(folder, 'config.json'), renderSpec(spec));
}

async function made(engine: Engine, id: string, folder: string, rootless: boolean): Promise<Finding> {
	const words = rootless ? 'tsrun spec --rootless' : 'tsrun spec';
	const base = { topic: 'container', subject: rootless ? 'a rootless container' : 'a container' } as const;
	try {
		await createContainer(
			engine,
			id,
			{ bundle: folder },
			{
				stdio: [-1, -1, -1],
				pivot: true,
				newKeyring: true,
				preserved: [],
				listenDescriptors: 0,
			},
		);
		await deleteContainer(engine, id, true);
		const how = rootless && process.geteuid?.() === 0 ? ' and --rootless true' : '';
		return {
			...base,
			status: 'works',
			found: `made one with the configuration of "${words}"${how}, and deleted it`,
		};
	} catch (error) {
		if (!(error instanceof TsrunError)) throw error;
		const { message, hint } = error;
		return {
			...base,
			status: 'missing',
			found: message,
			cost: `containers as "${words}" describes them; others may work`,
			...(hint === undefined ? {} : { remedy: hint }),
		};
	}
}
