import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { output } from '../clients/harness/call.js';
import { cgroupOf, until, value } from './guest.js';

/** A container's process in a scope of systemd's, as an engine made it. */
export interface Scope {
	readonly pid: number;
	readonly cgroup: string;
	/** Name of the unit. */
	readonly unit: string;
}

/** The scope that a process is in; systemd has to know it as active. */
export async function scopeOf(pid: number, ...bus: readonly string[]): Promise<Scope> {
	const found = cgroupOf(pid).match(/^(.*\/([^/]*\.scope))(?:\/container)?$/);
	assert.ok(found?.[1] && found[2], `${cgroupOf(pid)} is in no scope`);
	assert.equal(await output(['systemctl', ...bus, 'is-active', found[2]]), 'active');
	return { pid, cgroup: found[1], unit: found[2] };
}

/** The limits are in the cgroup, and known to systemd, which would otherwise write its own over them. */
export async function assertMemoryLimit(scope: Scope, bytes: number, ...bus: readonly string[]): Promise<void> {
	assert.equal(value(scope.cgroup, 'memory.max'), String(bytes));
	const shown = await output(['systemctl', ...bus, 'show', '--property', 'MemoryMax', scope.unit]);
	assert.equal(shown, `MemoryMax=${bytes}`);
}

/** Waits until neither the cgroup nor a failed unit is left of it. */
export async function assertGone(scope: Scope, ...bus: readonly string[]): Promise<void> {
	await until(`${scope.cgroup} is gone`, () => !existsSync(scope.cgroup));
	const shown = await output(['systemctl', ...bus, 'list-units', '--all', '--plain', '--no-legend', scope.unit]);
	assert.equal(shown, '');
}
