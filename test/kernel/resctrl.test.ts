import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gatherFacts } from '../../lib/host/index.js';
import { createContainer } from '../../lib/lifecycle/create.js';
import { deleteContainer } from '../../lib/lifecycle/delete.js';
import { Engine } from '../../lib/lifecycle/engine.js';
import { execInContainer } from '../../lib/lifecycle/exec.js';
import { startContainer } from '../../lib/lifecycle/start.js';
import { containerStats } from '../../lib/lifecycle/stats.js';
import { updateContainer } from '../../lib/lifecycle/update.js';
import { StateStore } from '../../lib/state/index.js';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const silent = [-1, -1, -1] as const;
const settings = { stdio: silent, preserved: [], listenDescriptors: 0, pivot: true, newKeyring: true };

/**
 * Folders and files in the shape of resctrl, since few processors have it. The files of a group are not made with its
 * directory here, and do not go with it: `vanish` is what the kernel does when one is removed.
 */
class FakeResctrl {
	readonly root = scratch('resctrl');

	constructor() {
		mkdirSync(join(this.root, 'mon_groups'));
		this.write('schemata', '    L3:0=fff;1=fff\n    MB:0=100;1=100\n');
		for (const [file, value] of [
			['L3/cbm_mask', 'fff'],
			['L3/min_cbm_bits', '2'],
			['L3/num_closids', '4'],
			['MB/bandwidth_gran', '10'],
			['MB/min_bandwidth', '10'],
			['MB/delay_linear', '1'],
			['MB/num_closids', '4'],
			['last_cmd_status', 'ok'],
		] as const) {
			this.write(`info/${file}`, `${value}\n`);
		}
	}

	write(file: string, text: string): void {
		mkdirSync(join(this.root, file, '..'), { recursive: true });
		writeFileSync(join(this.root, file), text);
	}

	read(file: string): string {
		return readFileSync(join(this.root, file), 'utf8');
	}

	has(name: string): boolean {
		return readdirSync(this.root).includes(name);
	}

	vanish(group: string): void {
		for (const file of readdirSync(join(this.root, group))) rmSync(join(this.root, group, file), { recursive: true });
	}
}

function engineWith(resctrl: FakeResctrl | undefined): Engine {
	const store = new StateStore(stateRoot(), { sticky: false });
	const { resctrl: _, ...facts } = gatherFacts();
	return new Engine({
		store: () => store,
		facts: () => ({ ...facts, ...(resctrl === undefined ? {} : { resctrl: resctrl.root }) }),
		environment: {},
		cgroupManager: 'cgroupfs',
		rootless: 'auto',
		onWarning: () => {},
	});
}

const bundleWith = (intelRdt: object) => ({
	bundle: bundle((config) => {
		config.process.args = ['sleep', '600'];
		config.linux['intelRdt'] = intelRdt;
	}).path,
});

/** A container in a fake resctrl; it is gone at the end of the block, if need be by force. */
async function created(resctrl: FakeResctrl, intelRdt: object) {
	const engine = engineWith(resctrl);
	const id = containerId();
	const { dir, process } = await createContainer(engine, id, bundleWith(intelRdt), settings);
	return {
		engine,
		id,
		dir,
		pid: process.pid,
		async [Symbol.asyncDispose]() {
			await deleteContainer(engine, id, true);
			await process.exit();
		},
	};
}

describeWith([root, busybox], 'groups of caches and memory bandwidth', () => {
	test('one of its own is made for a container, and goes with it', async () => {
		const resctrl = new FakeResctrl();
		const asked = { l3CacheSchema: 'L3:0=7f0;1=1f\n', memBwSchema: 'MB:0=20;1=70', schemata: ['L2:0=f'] };
		await using container = await created(resctrl, asked);
		const { id, engine, pid, dir } = container;
		expect(resctrl.read(`${id}/schemata`)).toBe('L3:0=7f0;1=1f\nMB:0=20;1=70\nL2:0=f\n');
		expect(resctrl.read(`${id}/tasks`)).toBe(String(pid));

		await startContainer(engine, dir);
		const process = { args: ['/bin/true'], cwd: '/', user: { uid: 0, gid: 0 } };
		const exec = { stdio: silent, preserved: [], ignorePaused: false, cgroup: [] };
		const started = await execInContainer(engine, dir, () => ({ process, at: '' }), exec);
		await started.exit();
		// The process that joined the container's namespaces, and so the one that it forked.
		expect(resctrl.read(`${id}/tasks`)).toMatch(/^\d+$/);
		expect(resctrl.read(`${id}/tasks`)).not.toBe(String(pid));

		resctrl.vanish(id);
		await deleteContainer(engine, id, true);
		expect(resctrl.has(id)).toBe(false);
	});

	test('what a group may have and what it uses is told', async () => {
		const resctrl = new FakeResctrl();
		await using container = await created(resctrl, { memBwSchema: 'MB:0=20;1=70', enableMonitoring: false });
		for (const [file, value] of [
			['llc_occupancy', '4096'],
			['mbm_total_bytes', '18446744073709551615'],
			['mbm_local_bytes', 'Unavailable'],
		] as const) {
			resctrl.write(`${container.id}/mon_data/mon_L3_00/${file}`, `${value}\n`);
		}
		const { resctrl: stats } = containerStats(await container.dir.readRecord());
		expect(stats).toEqual({
			schemata: ['MB:0=20;1=70'],
			rootSchemata: ['L3:0=fff;1=fff', 'MB:0=100;1=100'],
			cache: { mask: 'fff', minimumBits: 2n, groups: 4n },
			bandwidth: { granularity: 10n, linearDelay: 1n, minimum: 10n, groups: 4n },
			monitored: [{ name: 'mon_L3_00', occupancy: 4096n, totalBytes: 2n ** 64n - 1n }],
		});
		resctrl.vanish(container.id);
	});

	test('a class that is there already is entered, and stays', async () => {
		const resctrl = new FakeResctrl();
		resctrl.write('gold/schemata', '    L3:0=00f;1=0ff\n');
		await using container = await created(resctrl, { closID: 'gold' });
		expect(resctrl.read('gold/tasks')).toBe(String(container.pid));
		expect(resctrl.read('gold/schemata')).toBe('    L3:0=00f;1=0ff\n');
		await deleteContainer(container.engine, container.id, true);
		expect(resctrl.has('gold')).toBe(true);
	});

	test('a class that is there has to have the schema that is asked for', async () => {
		const resctrl = new FakeResctrl();
		resctrl.write('gold/schemata', '    L3:0=00f;1=0ff\n    MB:0= 20;1=100\n');
		const asked = { closID: 'gold', l3CacheSchema: 'L3:1=ff;0=f', memBwSchema: 'MB:0=20' };
		await using container = await created(resctrl, asked);
		expect(resctrl.read('gold/schemata')).toContain('    L3:0=00f');
		await deleteContainer(container.engine, container.id, true);

		expect(await failureOf(created(resctrl, { ...asked, memBwSchema: 'MB:0=30' }))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/linux/intelRdt',
			message: expect.stringContaining('has another schema than "MB:0=30"'),
		});
	});

	test('a class with a name and a schema is made where it is missing, and stays', async () => {
		const resctrl = new FakeResctrl();
		await using container = await created(resctrl, { closID: 'silver', schemata: ['MB:0=30'] });
		expect(resctrl.read('silver/schemata')).toBe('MB:0=30\n');
		await deleteContainer(container.engine, container.id, true);
		expect(resctrl.has('silver')).toBe(true);
	});

	test('a class with a name alone has to be there', async () => {
		const resctrl = new FakeResctrl();
		const failure = await failureOf(created(resctrl, { closID: 'none' }));
		expect(failure).toMatchObject({ code: 'ERR_STEP_FAILED', pointer: '/linux/intelRdt' });
		expect(failure.message).toContain(join(resctrl.root, 'none'));
		expect(resctrl.has('none')).toBe(false);
	});

	test('the default class is the file system itself, monitored for one container', async () => {
		const resctrl = new FakeResctrl();
		await using container = await created(resctrl, { closID: '/', enableMonitoring: true });
		const group = `mon_groups/${container.id}`;
		expect(resctrl.read('tasks')).toBe(String(container.pid));
		expect(resctrl.read(`${group}/tasks`)).toBe(String(container.pid));
		resctrl.vanish(group);
		await deleteContainer(container.engine, container.id, true);
		expect(readdirSync(join(resctrl.root, 'mon_groups'))).toEqual([]);
	});

	test('when no group of monitoring can be had, the class that was made for it is taken back', async () => {
		const resctrl = new FakeResctrl();
		resctrl.write('info/last_cmd_status', 'out of RMIDs\n');
		// Without mon_groups in it, as here, the kernel would say ENOSPC.
		const failure = await failureOf(
			created(resctrl, { closID: 'silver', memBwSchema: 'MB:0=30', enableMonitoring: true }),
		);
		expect(failure).toMatchObject({ code: 'ERR_STEP_FAILED', message: expect.stringContaining('out of RMIDs') });
		expect(resctrl.has('silver')).toBe(false);
	});

	test('without resctrl it is an error', async () => {
		const creating = createContainer(engineWith(undefined), containerId(), bundleWith({}), settings);
		expect(await failureOf(creating)).toMatchObject({
			code: 'ERR_HOST_UNSUPPORTED',
			faults: [{ pointer: '/linux/intelRdt' }],
		});
	});

	test('without intelRdt nothing of it is touched', async () => {
		const resctrl = new FakeResctrl();
		const before = readdirSync(resctrl.root, { recursive: true });
		const engine = engineWith(resctrl);
		const id = containerId();
		const { process } = await createContainer(engine, id, { bundle: scriptBundle('true').path }, settings);
		await deleteContainer(engine, id, true);
		await process.exit();
		expect(readdirSync(resctrl.root, { recursive: true })).toEqual(before);
	});
});

describeWith([root, busybox], 'update of a group in resctrl', () => {
	test('gives it another schema', async () => {
		const resctrl = new FakeResctrl();
		await using container = await created(resctrl, { memBwSchema: 'MB:0=20' });
		const { engine, dir, id } = container;
		await updateContainer(engine, dir, {}, { l3CacheSchema: 'L3:0=f', memBwSchema: 'MB:0=50' });
		expect(resctrl.read(`${id}/schemata`)).toBe('L3:0=f\nMB:0=50\n');
		resctrl.vanish(id);
	});

	test('makes one for a container without, with all its threads in it', async () => {
		const resctrl = new FakeResctrl();
		const engine = engineWith(resctrl);
		const id = containerId();
		const { dir, process } = await createContainer(engine, id, { bundle: scriptBundle('true').path }, settings);
		await updateContainer(engine, dir, {}, { memBwSchema: 'MB:0=50' });
		expect(resctrl.read(`${id}/schemata`)).toBe('MB:0=50\n');
		expect(resctrl.read(`${id}/tasks`)).toBe(String(process.pid));
		resctrl.vanish(id);
		await deleteContainer(engine, id, true);
		await process.exit();
		expect(resctrl.has(id)).toBe(false);
	});

	test('refuses what is no schema, and changes nothing', async () => {
		const resctrl = new FakeResctrl();
		await using container = await created(resctrl, { memBwSchema: 'MB:0=20' });
		const { engine, dir, id } = container;
		const failure = await failureOf(updateContainer(engine, dir, {}, { memBwSchema: 'L3:0=f' }));
		expect(failure).toMatchObject({ code: 'ERR_CONFIG_INVALID', faults: [{ pointer: '/memBwSchema' }] });
		expect(resctrl.read(`${id}/schemata`)).toBe('MB:0=20\n');
		resctrl.vanish(id);
	});
});
