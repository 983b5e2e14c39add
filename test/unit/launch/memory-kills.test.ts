import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertSurvived, memoryKills } from '../../../lib/launch/host-ops/memory-kills.js';
import type { Launch } from '../../../lib/launch/launch.js';
import { unlessAborted } from '../../../lib/os/index.js';
import { files } from '../cgroup/files.js';

const counted = (kills: number) => ({ 'memory.events.local': `max 3\noom 3\noom_kill ${kills}\noom_group_kill 0\n` });

/** What is asked of a launch; the class has private members, so nothing but a cast makes another object of it. */
const launchIn = (unified: string | undefined, verb = 'create', exit = async () => killed, signal?: AbortSignal) =>
	({
		context: { plan: { id: 'box', verb, cgroup: unified === undefined ? null : { v1: {}, unified } }, signal },
		pid: 7,
		process: { exit: (limit: AbortSignal) => unlessAborted(exit(), limit, 'the wait') },
	}) as unknown as Launch;
const killed = { code: null, signal: 9 };
const lives = () => new Promise<typeof killed>(() => {});

test('kills are counted in the cgroup itself', () => {
	expect(memoryKills(launchIn(files(counted(2))))).toBe(2n);
	expect(memoryKills(launchIn(files({})))).toBeUndefined();
	expect(memoryKills(launchIn(undefined))).toBeUndefined();
});

test('init that was killed by its limits is not waited for at the next barrier', async () => {
	const directory = files(counted(2));
	const launch = launchIn(directory);
	await assertSurvived(launch, memoryKills(launch));
	writeFileSync(join(directory, 'memory.events.local'), counted(3)['memory.events.local']);
	await expect(assertSurvived(launch, 2n)).rejects.toMatchObject({
		code: 'ERR_INIT_DIED',
		message: expect.stringContaining('container init was OOM-killed (memory limit too low?)'),
	});
});

test('a cgroup that is gone has lost its last process; one that counts nothing tells nothing', async () => {
	const directory = files(counted(0));
	const launch = launchIn(directory);
	rmSync(join(directory, 'memory.events.local'));
	await expect(assertSurvived(launch, 0n)).rejects.toMatchObject({ code: 'ERR_INIT_DIED' });
	await assertSurvived(launch, undefined);
});

test('another process was killed: init lives, and is not waited for any longer', async () => {
	const launch = launchIn(files(counted(1)), 'create', lives);
	await assertSurvived(launch, 0n, 20);
	await expect(
		assertSurvived(launchIn(files(counted(1)), 'create', lives, AbortSignal.abort()), 0n),
	).rejects.toMatchObject({
		code: 'ERR_ABORTED',
	});
});

test('of a container that is restored nobody waits for the one that was killed', async () => {
	const directory = files(counted(1));
	await assertSurvived(launchIn(directory, 'restore', lives), 1n);
	await expect(assertSurvived(launchIn(directory, 'restore', lives), 0n)).rejects.toMatchObject({
		code: 'ERR_CGROUP',
		path: directory,
	});
});
