// Engines tell "already ended" from a failure by these sentences, and show them to people.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const ok = { status: 0, stderr: '' };
const notRunning = /^container not running/;
const notPaused = /^container not paused/;

/** Verbs that have no place in a status, with what each says. */
type Refusals = readonly (readonly [readonly string[], RegExp])[];

describeWith([root, busybox], 'verbs that have no place in the status of the container', () => {
	let id: string;
	beforeEach(() => {
		id = containerId();
	});
	afterEach(async () => {
		await tsrun(['delete', '--force', id]);
	});

	async function expectRefused(refusals: Refusals): Promise<void> {
		for (const [[verb = '', ...rest], words] of refusals) {
			const { status, stdout, stderr } = await tsrun([verb, id, ...rest]);
			expect({ verb, status, stdout, stderr }).toEqual({
				verb,
				status: verb === 'exec' ? 255 : 1,
				stdout: '',
				stderr: expect.stringMatching(words),
			});
		}
	}

	test('created', async () => {
		expect(await tsrun(['create', '--bundle', scriptBundle('true').path, id])).toMatchObject(ok);
		await expectRefused([[['resume'], notPaused]]);
	});

	test('running, and paused', async () => {
		expect(await tsrun(['run', '-d', '--bundle', scriptBundle('sleep 600').path, id])).toMatchObject(ok);
		await expectRefused([
			[['start'], /^cannot start an already running container/],
			[['resume'], notPaused],
			[['delete'], new RegExp(`^cannot delete container ${id} that is not stopped: running`)],
		]);
		expect(await tsrun(['pause', id])).toMatchObject(ok);
		await expectRefused([
			[['pause'], notRunning],
			[['start'], /^cannot start an already running container/],
			[['exec', 'true'], /^exec failed: cannot exec in a paused container \(use --ignore-paused to override\)/],
			[['delete'], new RegExp(`^cannot delete container ${id} that is not stopped: paused`)],
		]);
	});

	test('stopped', async () => {
		expect(await tsrun(['run', '--keep', '--bundle', scriptBundle('true').path, id])).toMatchObject(ok);
		await expectRefused([
			[['start'], /^cannot start a container that has stopped/],
			[['kill'], notRunning],
			[['pause'], notRunning],
			[['resume'], notPaused],
			[['exec', 'true'], /^exec failed: cannot exec in a stopped container/],
			[['events', '--stats'], new RegExp(`^container with id ${id} is not running`)],
		]);
	});
});

describeWith([root, busybox], 'a process of exec that is none', () => {
	const id = containerId();
	beforeAll(async () => {
		expect(await tsrun(['run', '-d', '--bundle', scriptBundle('sleep 600').path, id])).toMatchObject(ok);
	});
	afterAll(async () => {
		await tsrun(['delete', '--force', id]);
	});

	const whole = { args: ['true'], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } };

	test.each([
		['no program', { ...whole, args: [] }, '/args'],
		['no directory', { ...whole, cwd: undefined }, '/cwd'],
		['a relative directory', { ...whole, cwd: 'tmp' }, '/cwd'],
	])('--process with %s', async (_, process, pointer) => {
		const file = join(scratch(), 'process.json');
		writeFileSync(file, JSON.stringify(process));
		const { status, stderr } = await tsrun(['exec', '--process', file, id]);
		expect({ status, stderr }).toEqual({ status: 255, stderr: expect.stringContaining(pointer) });
		expect(stderr).toMatch(/^exec failed: /);
	});
});
