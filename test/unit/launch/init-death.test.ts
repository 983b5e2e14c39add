import { TsrunError } from '../../../lib/errors/index.js';
import { deathBehind, initDeath } from '../../../lib/launch/init-death.js';
import type { Exit, InitProcess } from '../../../lib/launch/init-process.js';
import { files } from '../cgroup/files.js';

const killed = { code: null, signal: 9 };
const memory = { 'memory.stat': 'cache 0\n', 'memory.usage_in_bytes': '0\n', 'memory.current': '0\n' };
const legacy = (oom: string) => ({ v1: { memory: files({ ...memory, 'memory.oom_control': oom }) } });
const unified = (events: string) => ({ v1: {}, unified: files({ ...memory, 'memory.events': events }) });
const said = 'container init was OOM-killed (memory limit too low?)';

test.each([
	['v1 counted a kill', legacy('oom_kill_disable 0\nunder_oom 0\noom_kill 1\n')],
	['v2 counted a kill', unified('max 7\noom 1\noom_kill 2\n')],
	['v1 before Linux 4.13 counts none', legacy('oom_kill_disable 0\nunder_oom 0\n')],
	['the cgroup is gone', { v1: {}, unified: '/sys/fs/cgroup/no/such/place' }],
	['there is no cgroup of its own', null],
])('SIGKILL, and %s: memory had run out', (_, cgroup) => {
	const error = initDeath(killed, { id: 'box', cgroup });
	expect(error).toMatchObject({ code: 'ERR_INIT_DIED', containerId: 'box' });
	expect(error.message).toBe(`the init helper ended by SIGKILL before it answered: ${said}`);
});

test.each([
	['v1', legacy('oom_kill_disable 0\nunder_oom 0\noom_kill 0\n')],
	['v2', unified('max 7\noom 0\noom_kill 0\n')],
])('SIGKILL, and the cgroup (%s) counted none: somebody killed it', (_, cgroup) => {
	const { message } = initDeath(killed, { id: 'box', cgroup });
	expect(message).toBe('the init helper ended by SIGKILL before it answered');
});

test('every other end', () => {
	expect(initDeath({ code: 3, signal: null }, { id: 'box', cgroup: null }).message).toBe(
		'the init helper ended with status 3 before it answered',
	);
	expect(initDeath({ code: null, signal: 31 }, { id: 'box', cgroup: null }).message).toBe(
		'the init helper ended by SIGSYS before it answered',
	);
});

describe('what lies behind a step that failed', () => {
	const plan = { id: 'box', cgroup: null };
	const pipe = new TsrunError('ERR_SYSTEM', 'cannot tell init to go on', { errno: 'EPIPE' });
	const other = new TsrunError('ERR_CGROUP', 'cannot write', { errno: 'ENOENT' });
	/** An init whose status was taken already, or that is alive as this process is. */
	const init = (exit: Exit, ended: boolean) =>
		({ pid: process.pid, pidfd: { open: !ended }, exit: async () => exit }) as unknown as InitProcess;

	test.each([
		['nobody reads what it is told', pipe, false],
		['it has ended', other, true],
	])('init was killed: %s', async (_, cause, ended) => {
		const error = await deathBehind(cause, init(killed, ended), plan);
		expect(error).toMatchObject({ code: 'ERR_INIT_DIED', message: expect.stringContaining(said), cause });
	});

	test.each([
		['init lives', other, init(killed, false)],
		['there is none yet', other, undefined],
		['it has ended by itself', other, init({ code: 1, signal: null }, true)],
		['it is said already', initDeath(killed, plan), init(killed, true)],
		['the caller has given up', new TsrunError('ERR_ABORTED', 'aborted'), init(killed, true)],
	])('nothing: %s', async (_, cause, process) => {
		expect(await deathBehind(cause, process, plan)).toBeUndefined();
	});
});
