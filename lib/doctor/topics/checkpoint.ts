import { spawnSync } from 'node:child_process';
import type { Examination } from '../examination.js';
import type { Finding } from '../report.js';
import { findProgram } from '../self.js';

const limitMs = 10_000;

/** CRIU, by its own check of this machine. */
export function checkpointFindings({ self: { facts } }: Examination): Finding[] {
	const base = { topic: 'checkpoint', subject: 'CRIU' } as const;
	const cost = 'checkpoint and restore';
	const criu = findProgram('criu');
	if (criu === undefined) {
		return [
			{ ...base, status: 'missing', found: 'not installed', cost, remedy: 'Install the package criu, 3.17 or newer.' },
		];
	}
	const run = (...args: string[]) =>
		spawnSync(criu, args, { env: {}, encoding: 'utf8', timeout: limitMs, killSignal: 'SIGKILL' });
	const version = /Version:\s*(\S+)/.exec(run('--version').stdout ?? '')?.[1] ?? 'of an unknown version';
	if (facts.euid !== 0) {
		const found = `${criu} ${version}; its check takes root`;
		return [{ ...base, status: 'unknown', found, cost, remedy: 'Ask again as root.' }];
	}
	const { status, stdout, stderr } = run('check');
	if (status === 0) return [{ ...base, status: 'works', found: `${criu} ${version}, and its check finds nothing` }];
	// Its lines are `Error (file.c:123): words`.
	const complaint = /^.*Error \([^)]*\):\s*(.*)$/m.exec(`${stderr}${stdout}`)?.[1] ?? `status ${status}`;
	return [
		{
			...base,
			status: 'missing',
			found: `${criu} ${version}: ${complaint}`,
			cost,
			remedy: 'Run "criu check" for the whole of it.',
		},
	];
}
