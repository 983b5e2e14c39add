import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readable } from '../../harness/readable.js';
import { makeRootfs } from '../../harness/rootfs.js';
import { call, output } from '../harness/call.js';
import { watchStage } from '../harness/leftovers.js';
import { type EngineRuntime, withEachRuntime } from '../harness/runtimes.js';
import { folder, packaged } from '../harness/stage.js';

/** A container of conmon's, and the files in which it answers. */
interface Monitored {
	readonly bundle: string;
	readonly pidFile: string;
	readonly log: string;
	readonly exits: string;
	readonly words: [string, ...string[]];
}

/** Of a container of conmon's, beside its program. */
interface Asked {
	readonly terminal?: boolean;
	/** linux.resources */
	readonly limits?: object;
}

/** What conmon is called with by its engines, for a bundle whose program is a shell script. */
function monitored(runtime: EngineRuntime, id: string, script: string, asked: Asked = {}): Monitored {
	const bundle = folder('conmon');
	makeRootfs(join(bundle, 'rootfs'));
	const [exits, log, pidFile] = [join(bundle, 'exits'), join(bundle, 'log'), join(bundle, 'pid')];
	mkdirSync(exits);
	const sockets = join(bundle, 'sockets');
	mkdirSync(sockets);
	const places = ['--bundle', bundle, '--container-pidfile', pidFile, '--log-path', `k8s-file:${log}`];
	const rest = [
		'--exit-dir',
		exits,
		'--socket-dir-path',
		sockets,
		'--conmon-pidfile',
		join(bundle, 'conmon-pid'),
		...(asked.terminal ? ['--terminal'] : []),
	];
	const words: [string, ...string[]] = ['conmon', '--api-version', '1', '--runtime', runtime.program];
	words.push('--cid', id, '--cuuid', id, '--name', id, ...places, ...rest);
	writeFileSync(join(bundle, 'config.json'), JSON.stringify(configuration(id, script, asked)));
	return { bundle, pidFile, log, exits, words };
}

function configuration(id: string, script: string, { terminal = false, limits = {} }: Asked): unknown {
	const process = { terminal, user: { uid: 0, gid: 0 }, args: ['sh', '-c', script], env: ['PATH=/bin'], cwd: '/' };
	const mounts = [
		{ destination: '/proc', type: 'proc', source: 'proc' },
		{ destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
		{
			destination: '/dev/pts',
			type: 'devpts',
			source: 'devpts',
			options: ['newinstance', 'ptmxmode=0666', 'mode=0620'],
		},
	];
	const namespaces = ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type }));
	const linux = { namespaces, cgroupsPath: `/conmon/${id}`, resources: limits };
	return { ociVersion: '1.0.2', root: { path: 'rootfs' }, process, mounts, linux };
}

/** Waits until a file has something in it, for up to 15 s. */
async function content(path: string): Promise<string> {
	const deadline = Date.now() + 15_000;
	for (;;) {
		const text = readable(() => readFileSync(path, 'utf8'));
		if (text) return text;
		if (Date.now() > deadline) throw new Error(`${path} stays empty`);
		await delay(20);
	}
}

withEachRuntime('conmon', [packaged('conmon')], (runtime) => {
	const ended = async ({ exits }: Monitored, id: string) => (await content(join(exits, id))).trim();
	/** Waits for the pid file: conmon's parent does not wait for the runtime unless an engine listens to it. */
	const created = async ({ pidFile }: Monitored) => Number(await content(pidFile));
	/** conmon goes into the background; its parent has what it started created. */
	const create = ({ words, bundle }: Monitored) => output(words, { cwd: bundle });

	let leftovers: () => Promise<string[]>;
	beforeAll(async () => {
		const first = monitored(runtime, 'first', 'exit 0');
		await create(first);
		await created(first);
		await output([runtime.program, 'start', 'first']);
		await ended(first, 'first');
		await output([runtime.program, 'delete', 'first']);
		leftovers = watchStage(['/run/tsrun', '/run/runc']);
	});

	test('create, start, log, exit status', async () => {
		const box = monitored(runtime, 'life', 'echo out; echo err >&2; exit 7');
		await create(box);
		expect(await created(box)).toBeGreaterThan(1);
		expect(JSON.parse(await output([runtime.program, 'state', 'life']))).toMatchObject({ status: 'created' });
		await output([runtime.program, 'start', 'life']);
		expect(await ended(box, 'life')).toBe('7');
		expect(readFileSync(box.log, 'utf8')).toMatch(/ stdout F out\n/);
		expect(readFileSync(box.log, 'utf8')).toMatch(/ stderr F err\n/);
		await output([runtime.program, 'delete', 'life']);
	});

	test('with a terminal', async () => {
		const box = monitored(runtime, 'tty', 'tty; exit 3', { terminal: true });
		await create(box);
		await created(box);
		await output([runtime.program, 'start', 'tty']);
		expect(await ended(box, 'tty')).toBe('3');
		expect(readFileSync(box.log, 'utf8')).toMatch(/ stdout F \/dev\/pts\/0\r\n/);
		await output([runtime.program, 'delete', 'tty']);
	});

	test('kill, as Podman calls it, without a PATH', async () => {
		const box = monitored(runtime, 'kill', 'trap "exit 4" TERM; while :; do sleep 0.05; done');
		await create(box);
		await created(box);
		await output([runtime.program, 'start', 'kill']);
		const bare = ['env', '-i', 'XDG_RUNTIME_DIR=', runtime.program] as const;
		// Until the shell has set its trap the signal does nothing to the first process of a pid namespace.
		const kill = setInterval(() => void call([...bare, 'kill', 'kill', '15']), 200);
		try {
			expect(await ended(box, 'kill')).toBe('4');
		} finally {
			clearInterval(kill);
		}
		await output([...bare, 'delete', '--force', 'kill']);
	});

	test('out of memory: SIGKILL, and the file by which engines know', async () => {
		const box = monitored(runtime, 'oom', 'tail /dev/zero', { limits: { memory: { limit: 16_777_216 } } });
		await create(box);
		await created(box);
		await output([runtime.program, 'start', 'oom']);
		expect(await ended(box, 'oom')).toBe('137');
		// Of no use to anybody but its caller: conmon makes it in the directory that it is called in.
		expect(existsSync(join(box.bundle, 'oom'))).toBe(true);
		await output([runtime.program, 'delete', 'oom']);
	});

	test('afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
