import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { program } from '../harness/cli.js';
import { eventually } from '../harness/eventually.js';
import { describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

/** A call that fails, and waits in open(2) for somebody who reads of it. */
async function waiting() {
	const log = join(scratch(), 'log');
	execFileSync('mkfifo', [log]);
	const [command, ...words] = [...program, '--root', stateRoot(), '--log', log, 'state', containerId()] as const;
	const child = spawn(command, words, { stdio: 'ignore', timeout: 20_000, killSignal: 'SIGKILL' });
	const ended = once(child, 'exit');
	await eventually(
		'it waits for a reader of the fifo',
		// fs/pipe.c; the file is empty when the process has ended.
		() => readFileSync(`/proc/${child.pid}/wchan`, 'utf8') === 'wait_for_partner',
	);
	return { log, child, ended };
}

describeWith([root], 'a log that is a fifo without a reader', () => {
	test('its reader gets what is said, however late it comes', async () => {
		const { log, ended } = await waiting();
		expect(await readFile(log, 'utf8')).toMatch(/level=error .*does not exist/);
		expect(await ended).toEqual([1, null]);
	});

	test('a signal ends the wait', async () => {
		const { child, ended } = await waiting();
		child.kill('SIGTERM');
		expect(await ended).toEqual([null, 'SIGTERM']);
	});
});
