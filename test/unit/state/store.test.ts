import {
	chmodSync,
	chownSync,
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateStore } from '../../../lib/state/index.js';
import { exampleRecord } from './example-record.js';

let folder: string;
let store: StateStore;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'store-'));
	store = new StateStore(join(folder, 'root'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const code = (name: string, more: object = {}) => expect.objectContaining({ code: name, ...more });
const testAsRoot = process.geteuid?.() === 0 ? test : test.skip;

describe('the root', () => {
	test('is made private, whatever the umask; parents too', async () => {
		const umask = process.umask(0);
		try {
			await new StateStore(join(folder, 'a', 'b')).prepareRoot();
			await new StateStore(join(folder, 's'), { sticky: true }).prepareRoot();
		} finally {
			process.umask(umask);
		}
		expect(statSync(join(folder, 'a')).mode & 0o7777).toBe(0o700);
		expect(statSync(join(folder, 'a', 'b')).mode & 0o7777).toBe(0o700);
		expect(statSync(join(folder, 's')).mode & 0o7777).toBe(0o1700);
	});

	test('may be there already, or be made by two at once', async () => {
		await Promise.all([store.prepareRoot(), new StateStore(store.root).prepareRoot()]);
		await store.prepareRoot();
		expect(store.checkRoot()).toBe(true);
	});

	test('is absolute from the start', () => {
		expect(new StateStore('some/where').root).toBe(join(process.cwd(), 'some/where'));
	});

	test.each([0o720, 0o702, 0o777, 0o1777])('that others may write to (%o) is refused', async (mode) => {
		mkdirSync(store.root);
		chmodSync(store.root, mode);
		await expect(store.reserve('web')).rejects.toEqual(code('ERR_STATE_ROOT', { path: store.root }));
		await expect(store.open('web')).rejects.toEqual(code('ERR_STATE_ROOT'));
		await expect(store.list()).rejects.toEqual(code('ERR_STATE_ROOT'));
	});

	testAsRoot('that belongs to another user is refused, and so is a link of another user', async () => {
		mkdirSync(store.root, { mode: 0o700 });
		chownSync(store.root, 12345, 0);
		await expect(store.prepareRoot()).rejects.toEqual(
			code('ERR_STATE_ROOT', { message: expect.stringContaining('belongs to user 12345') }),
		);
		chownSync(store.root, 0, 0);
		const link = join(folder, 'link');
		symlinkSync('root', link);
		await new StateStore(link).prepareRoot();
		await import('node:fs').then(({ lchownSync }) => lchownSync(link, 12345, 0));
		await expect(new StateStore(link).prepareRoot()).rejects.toEqual(code('ERR_STATE_ROOT'));
	});

	test('/, files, and links to nowhere are refused', async () => {
		await expect(new StateStore('/').prepareRoot()).rejects.toEqual(code('ERR_STATE_ROOT'));
		writeFileSync(join(folder, 'file'), '');
		await expect(new StateStore(join(folder, 'file')).prepareRoot()).rejects.toEqual(code('ERR_STATE_ROOT'));
		symlinkSync('nowhere', join(folder, 'link'));
		await expect(new StateStore(join(folder, 'link')).prepareRoot()).rejects.toEqual(code('ERR_STATE_ROOT'));
	});

	test('that cannot be made says why', async () => {
		writeFileSync(join(folder, 'file'), '');
		await expect(new StateStore(join(folder, 'file', 'root')).prepareRoot()).rejects.toEqual(
			code('ERR_STATE_ROOT', { errno: 'ENOTDIR' }),
		);
		await expect(new StateStore('/proc/tsrun').prepareRoot()).rejects.toEqual(
			code('ERR_STATE_ROOT', { path: '/proc/tsrun', hint: expect.any(String) }),
		);
	});
});

describe('ids', () => {
	test.each(['a', '0', '_', '+', '-', '.a', 'a.b', '...', 'A-Z_09+.x', 'x'.repeat(255)])('%s is taken', async (id) => {
		const dir = await store.reserve(id);
		expect(dir.path).toBe(join(store.root, id));
		expect(lstatSync(dir.path).mode & 0o7777).toBe(0o711);
		expect((await store.open(id)).path).toBe(dir.path);
	});

	test.each(['', '.', '..', 'a/b', '../x', '/x', 'a b', 'a\n', 'a\0b', 'é', 'a:b', 'x'.repeat(256)])(
		'%j is refused, and nothing is made',
		async (id) => {
			const refused = code('ERR_ID_INVALID', { message: expect.stringContaining('invalid container ID format') });
			await expect(store.reserve(id)).rejects.toEqual(refused);
			await expect(store.open(id)).rejects.toEqual(refused);
			expect(readdirSync(folder)).toEqual([]);
		},
	);

	test('the same id twice', async () => {
		const taken = await Promise.allSettled([store.reserve('web'), store.reserve('web'), store.reserve('web')]);
		expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
		await expect(store.reserve('web')).rejects.toEqual(
			code('ERR_ID_EXISTS', { message: 'container with given ID already exists', containerId: 'web' }),
		);
	});

	test('without a container', async () => {
		const missing = code('ERR_NOT_FOUND', { message: 'container does not exist', containerId: 'web' });
		await expect(store.open('web')).rejects.toEqual(missing);
		await store.prepareRoot();
		await expect(store.open('web')).rejects.toEqual(missing);
		writeFileSync(join(store.root, 'web'), '');
		await expect(store.open('web')).rejects.toEqual(missing);
		rmSync(join(store.root, 'web'));
		symlinkSync(folder, join(store.root, 'web'));
		await expect(store.open('web')).rejects.toEqual(missing);
	});
});

describe('what is kept', () => {
	test('record and configuration come back as they were', async () => {
		const dir = await store.reserve('web');
		const config = '{\n\t"ociVersion": "1.3.0", "x": 18446744073709551615\n}';
		await dir.writeConfig(config);
		await dir.writeRecord(exampleRecord);
		const again = await store.open('web');
		expect(await again.readRecord()).toEqual(exampleRecord);
		expect(await again.configText()).toBe(config);
		for (const name of ['state.json', 'config.json']) {
			expect(statSync(join(dir.path, name)).mode & 0o7777).toBe(0o600);
		}
		expect(readdirSync(dir.path).sort()).toEqual(['config.json', 'state.json']);
	});

	test('a record that was prepared counts once it is written, and as it is written', async () => {
		const dir = await store.reserve('web');
		const complete = { ...exampleRecord, pid: 7 };
		await dir.writeRecord(exampleRecord);
		dir.prepareRecord(complete);
		expect(await (await store.open('web')).readRecord()).toEqual(exampleRecord);
		await dir.writeRecord(complete);
		expect(await (await store.open('web')).readRecord()).toEqual(complete);

		dir.prepareRecord(exampleRecord);
		await dir.writeRecord({ ...exampleRecord, pid: 9 });
		expect(await (await store.open('web')).readRecord()).toEqual({ ...exampleRecord, pid: 9 });
		expect(readdirSync(dir.path)).toEqual(['state.json']);
	});

	test('a prepared record that has gone is an error, and goes with the container', async () => {
		const dir = await store.reserve('web');
		await dir.writeRecord(exampleRecord);
		dir.prepareRecord(exampleRecord);
		rmSync(join(dir.path, 'next.json'));
		await expect(dir.writeRecord(exampleRecord)).rejects.toEqual(
			code('ERR_SYSTEM', { errno: 'ENOENT', containerId: 'web', syscall: 'rename' }),
		);
		dir.prepareRecord(exampleRecord);
		await dir.remove();
		expect(existsSync(dir.path)).toBe(false);
	});

	test('a directory without a record does not exist, and can be removed', async () => {
		const dir = await store.reserve('web');
		await dir.writeConfig('{}');
		await expect(dir.readRecord()).rejects.toEqual(
			code('ERR_NOT_FOUND', { message: 'container does not exist', containerId: 'web' }),
		);
		await dir.remove();
		expect(existsSync(dir.path)).toBe(false);
		await dir.remove();
	});

	test('a record that is a link is not read', async () => {
		const dir = await store.reserve('web');
		writeFileSync(join(folder, 'elsewhere'), JSON.stringify(exampleRecord));
		symlinkSync(join(folder, 'elsewhere'), join(dir.path, 'state.json'));
		await expect(dir.readRecord()).rejects.toEqual(code('ERR_SYSTEM', { errno: 'ELOOP', containerId: 'web' }));
	});

	test('removal takes directories too, and follows no link', async () => {
		const dir = await store.reserve('web');
		await dir.writeRecord(exampleRecord);
		writeFileSync(dir.startSocket, '');
		mkdirSync(join(dir.path, 'notify'));
		writeFileSync(join(dir.path, 'notify', 'file'), '');
		mkdirSync(join(folder, 'outside'));
		writeFileSync(join(folder, 'outside', 'file'), '');
		symlinkSync(join(folder, 'outside'), join(dir.path, 'link'));
		await dir.remove();
		expect(existsSync(dir.path)).toBe(false);
		expect(existsSync(join(folder, 'outside', 'file'))).toBe(true);
	});

	test('the start socket is there or not, whatever it is', async () => {
		const dir = await store.reserve('web');
		expect(dir.hasStartSocket()).toBe(false);
		symlinkSync('nowhere', dir.startSocket);
		expect(dir.hasStartSocket()).toBe(true);
	});
});

describe('the list', () => {
	test('is empty without a root', async () => {
		expect(await store.list()).toEqual({ containers: [], errors: [] });
	});

	test('has what can be read, by id, and an error for the rest', async () => {
		for (const id of ['b', 'a', 'broken', 'half']) {
			const dir = await store.reserve(id);
			if (id !== 'half') await dir.writeRecord({ ...exampleRecord, id });
			if (id === 'broken') writeFileSync(join(dir.path, 'state.json'), '{"version":1');
		}
		mkdirSync(join(store.root, 'not an id'));
		writeFileSync(join(store.root, 'a-file'), '');
		const { containers, errors } = await store.list();
		expect(containers.map(({ dir, record }) => [dir.id, record.id])).toEqual([
			['a', 'a'],
			['b', 'b'],
		]);
		expect(errors).toEqual([
			code('ERR_STATE_CORRUPT', { containerId: 'broken' }),
			code('ERR_NOT_FOUND', { containerId: 'half' }),
			code('ERR_ID_INVALID', { containerId: 'not an id' }),
		]);
	});
});
