import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { type CliResult, tsrun } from '../harness/cli.js';
import { eventually } from '../harness/eventually.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { recordedContainers, stateRoot } from '../harness/state-root.js';
import { compiledProgram, traced, tracer } from '../harness/traced-calls.js';

const done = { status: 0, stderr: '' };

describeWith([root, busybox, tracer, compiledProgram], 'an id between the directory that takes it and its lock', () => {
	const { path } = scriptBundle('sleep 600');
	const createWords = (id: string) => ['create', '--bundle', path, id];
	const missing = { status: 1, stderr: expect.stringContaining('container does not exist') };

	/** How a `create` ends that stands still for a second after it has made its directory, while others do their work. */
	async function heldUp(id: string, meanwhile: () => Promise<void>): Promise<CliResult> {
		const other = containerId();
		const { calls } = await traced(createWords(other));
		const directory = calls.find(({ name, text }) => name === 'mkdir' && text.includes(`/${other}"`));
		expect(await tsrun(['delete', '--force', other])).toMatchObject(done);
		const slowly = `inject=mkdir:delay_exit=1000000:when=${directory?.number}`;
		const through = ['strace', '-qq', '-o', '/dev/null', '-e', 'trace=mkdir', '-e', slowly];
		const create = tsrun(createWords(id), { through });
		await eventually('create has made its directory', () => existsSync(join(stateRoot(), id)));
		await meanwhile();
		return create;
	}

	test('is still that of its create when a delete has found nothing and removed that', async () => {
		const id = containerId();
		const result = await heldUp(id, async () => {
			expect(await tsrun(['delete', id])).toMatchObject(missing);
			expect(recordedContainers()).toEqual([]);
		});
		expect(result).toMatchObject(done);
		expect(JSON.parse((await tsrun(['state', id])).stdout)).toMatchObject({ status: 'created' });
		expect(await tsrun(['delete', id])).toMatchObject(done);
	});

	test.each(['create', 'run'])(
		'is that of another %s if that was faster, and nothing of it is touched',
		async (verb) => {
			const id = containerId();
			const words = verb === 'create' ? createWords(id) : ['run', '--detach', '--bundle', path, id];
			const result = await heldUp(id, async () => {
				expect(await tsrun(['delete', id])).toMatchObject(missing);
				expect(await tsrun(words)).toMatchObject(done);
			});
			expect(result).toMatchObject({ status: expect.any(Number), stderr: expect.stringContaining('already exists') });
			expect(result.status).not.toBe(0);
			const status = verb === 'create' ? 'created' : 'running';
			expect(JSON.parse((await tsrun(['state', id])).stdout)).toMatchObject({ status });
			expect(JSON.parse((await tsrun(['ps', '--format', 'json', id])).stdout)).toHaveLength(1);
			expect(await tsrun(['delete', '--force', id])).toMatchObject(done);
		},
	);
});

describeWith([root, busybox, tracer, compiledProgram], 'an id between its lock that goes and the directory', () => {
	const { path } = scriptBundle('sleep 600');
	const slowly = (call: string, number: number | undefined, when: string) => {
		return ['strace', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${when}:when=${number}`];
	};

	test.each([
		['a delete', ['delete']],
		['a delete --force', ['delete', '--force']],
		['a start', ['start']],
		['an update', ['update', '--pids-limit', '5']],
	])('is not held by %s that has seen the container before', async (_, words) => {
		const id = containerId();
		const createWords = ['create', '--bundle', path, id];
		const lock = `/${id}/lock"`;
		expect(await tsrun(createWords)).toMatchObject(done);
		const { calls } = await traced([...words, id]);
		const opened = calls.find(({ name, text }) => name === 'openat' && text.includes(lock));
		await tsrun(['delete', '--force', id]);
		expect(await tsrun(createWords)).toMatchObject(done);
		const { calls: removing } = await traced(['delete', id]);
		const unlinked = removing.find(({ name, text }) => name === 'unlink' && text.includes(lock));
		expect(await tsrun(createWords)).toMatchObject(done);

		const late = tsrun([...words, id], { through: slowly('openat', opened?.number, 'delay_enter=1000000') });
		const removal = tsrun(['delete', id], { through: slowly('unlink', unlinked?.number, 'delay_exit=2000000') });
		expect(await removal).toMatchObject(done);
		const { status, stderr } = await late;
		expect({ status, stderr }).toEqual(
			words.includes('--force') ? done : { status: 1, stderr: expect.stringContaining('container does not exist') },
		);
		expect(recordedContainers()).toEqual([]);
	});
});
