import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { program, succeed } from './guest.js';

/**
 * Wants more memory than its limit, and goes on: when the last process ends, systemd removes the cgroup, and what there was to be
 * read in it.
 */
export const wanting = '(tail -c 64m /dev/zero) | cat >/dev/null; exec sleep 100';

/** Starts a container that is {@link wanting}: `events` has to tell of what the kernel kills, and to end with the container. */
export async function assertKillIsTold(id: string): Promise<void> {
	const events = spawn(program, ['events', '--interval', '300ms', id], { timeout: 60_000, killSignal: 'SIGKILL' });
	const ended = once(events, 'exit');
	const kill = `{"type":"oom","id":"${id}"}`;
	const lines: string[] = [];
	for await (const line of createInterface({ input: events.stdout })) {
		// The first report: it listens.
		if (lines.length === 0) succeed('start', id);
		if (line === kill && !lines.includes(kill)) succeed('kill', id, 'KILL');
		lines.push(line);
	}
	assert.deepEqual(await ended, [0, null]);
	assert.ok(lines.includes(kill), lines.join('\n'));
}
