import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { type CliResult, tsrun } from '../harness/cli.js';
import { eventually } from '../harness/eventually.js';
import { type HostMount, hostMount } from '../harness/host-mounts.js';
import { watchForLeaks } from '../harness/leaks.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { limitsFile, limitsHere } from './limits.js';

const page = 4096;
const disk = (): HostMount => hostMount(['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs']);

/** Takes what is left of a disk but for so many bytes. */
function fill(folder: string, spare = 0): void {
	const { bavail, bsize } = statfsSync(folder);
	writeFileSync(join(folder, '@filler'), Buffer.alloc(Math.max(0, bavail * bsize - spare)));
}

/** tsrun with a state root of its own; its log as lines of JSON on stderr. */
const on = (folder: string, ...words: string[]): Promise<CliResult> =>
	tsrun(['--root', join(folder, 'root'), '--log-format', 'json', ...words], { root: false });

const noSpace = { status: 1, stderr: expect.stringContaining('"errno":"ENOSPC"') };
const fine = { status: 0, stderr: '' };

describeWith([root, busybox], 'a disk that is full', () => {
	test('at some point of create: it works, or says so, and nothing is left', async () => {
		using small = disk();
		const leaks = watchForLeaks();
		const { path } = scriptBundle('sleep 600');
		const outcomes = new Set<number | null>();
		for (let pages = 0; pages <= 8; pages++) {
			fill(small.path, pages * page);
			const id = containerId();
			const made = await on(small.path, 'create', '--bundle', path, id);
			outcomes.add(made.status);
			if (made.status === 0) expect(await on(small.path, 'delete', '--force', id)).toMatchObject(fine);
			else expect(made).toMatchObject(noSpace);
			expect(readdirSync(small.path).filter((name) => name !== '@filler' && name !== 'root')).toEqual([]);
			rmSync(join(small.path, '@filler'));
			expect((await on(small.path, 'list', '--quiet')).stdout).toBe('');
			expect(await leaks()).toEqual([]);
		}
		expect([...outcomes].sort()).toEqual([0, 1]);
	}, 60_000);

	test('because the container fills it: every verb answers, and delete makes room', async () => {
		using small = disk();
		const id = containerId();
		const { path } = scriptBundle('cat /dev/zero >/full/zeros 2>/dev/null; sleep 600', (config) => {
			config.mounts.push({ destination: '/full', type: 'bind', source: small.path, options: ['bind', 'rw'] });
			config.linux['resources'] = limitsHere(64);
		});
		const pidFile = join(small.path, 'exec.pid');
		const log = join(small.path, 'tsrun.log');
		expect(await on(small.path, 'run', '--detach', '--bundle', path, id)).toMatchObject(fine);
		await eventually('it is full', () => statfsSync(small.path).bavail === 0);

		expect(JSON.parse((await on(small.path, 'state', id)).stdout).status).toBe('running');
		expect((await on(small.path, 'list', '--quiet')).stdout).toBe(`${id}\n`);
		expect(await on(small.path, 'exec', id, 'true')).toMatchObject(fine);
		expect(await on(small.path, 'exec', '--pid-file', pidFile, '--detach', id, 'sleep', '600')).toMatchObject({
			...noSpace,
			status: 255,
		});
		expect(JSON.parse((await on(small.path, 'ps', '--format', 'json', id)).stdout)).toHaveLength(1);
		// What could not be remembered is not changed either.
		expect(await on(small.path, 'update', '--resources', limitsFile(48), id)).toMatchObject(noSpace);
		expect(await on(small.path, 'pause', id)).toMatchObject(fine);
		expect(await on(small.path, 'resume', id)).toMatchObject(fine);
		const unlogged = await tsrun(['--root', join(small.path, 'root'), '--log', log, 'state', 'nobody'], {
			root: false,
		});
		expect(unlogged).toMatchObject({ status: 1, stderr: expect.stringContaining('container does not exist') });

		const another = await on(small.path, 'create', '--bundle', path, containerId());
		expect(another).toMatchObject(noSpace);
		expect((await on(small.path, 'list', '--quiet')).stdout).toBe(`${id}\n`);
		expect(await on(small.path, 'kill', id, 'KILL')).toMatchObject(fine);
		expect(await on(small.path, 'delete', '--force', id)).toMatchObject(fine);
		expect(readdirSync(join(small.path, 'root'))).toEqual([]);
		expect(readdirSync(small.path).sort()).toEqual(['root', 'tsrun.log', 'zeros']);
	}, 60_000);

	test('the foreground of a container whose own output cannot be written', async () => {
		const { path } = scriptBundle('echo text; exit 7', (config) => {
			config.process.terminal = true;
		});
		const words = ['run', '--bundle', path, containerId()];
		const through = ['sh', '-c', 'exec "$@" >/dev/full', 'sh'];
		const { status, stderr } = await tsrun(words, { through });
		expect(status).toBe(1);
		expect(stderr).toContain('no space left on device');
	});

	test('a shortage of inodes', async () => {
		using small = hostMount(['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=6', 'tmpfs']);
		const { path } = scriptBundle('sleep 600');
		expect(await on(small.path, 'create', '--bundle', path, containerId())).toMatchObject(noSpace);
		expect((await on(small.path, 'list', '--quiet')).stdout).toBe('');
	});
});
