import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContainerDir, StateStore, takeId } from '../../../lib/state/index.js';

/** A store in which something happens to a directory right after it was made. */
class BusyStore extends StateStore {
	readonly #happens: (dir: ContainerDir) => void | Promise<void>;
	made = 0;

	constructor(root: string, happens: (dir: ContainerDir) => void | Promise<void>) {
		super(root);
		this.#happens = happens;
	}

	override async reserve(id: string): Promise<ContainerDir> {
		const dir = await super.reserve(id);
		this.made++;
		await this.#happens(dir);
		return dir;
	}
}

let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'take-id-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const code = (name: string) => expect.objectContaining({ code: name, containerId: 'web' });

test('an id that is taken is a directory with a lock that is held', async () => {
	const { dir, lock } = await takeId(new StateStore(root), 'web');
	expect(readdirSync(dir.path)).toEqual(['lock']);
	await expect(dir.lock({ timeoutMs: 0 })).rejects.toEqual(expect.objectContaining({ code: 'ERR_TIMEOUT' }));
	await expect(takeId(new StateStore(root), 'web')).rejects.toEqual(code('ERR_ID_EXISTS'));
	await lock[Symbol.asyncDispose]();
});

test('one whose directory is removed before it is locked is taken once more', async () => {
	const store = new BusyStore(root, (dir) => {
		if (store.made < 3) rmSync(dir.path, { recursive: true });
	});
	const { dir, lock } = await takeId(store, 'web');
	expect(store.made).toBe(3);
	expect(readdirSync(dir.path)).toEqual(['lock']);
	await lock[Symbol.asyncDispose]();
});

test('that is not tried for ever', async () => {
	const store = new BusyStore(root, (dir) => rmSync(dir.path, { recursive: true }));
	await expect(takeId(store, 'web')).rejects.toEqual(code('ERR_NOT_FOUND'));
	expect(existsSync(join(root, 'web'))).toBe(false);
});

test('one that somebody has made a container of meanwhile is left to him', async () => {
	const store = new BusyStore(root, async (dir) => {
		await using _lock = await dir.lock({ create: true });
		await dir.writeConfig('{}');
	});
	await expect(takeId(store, 'web')).rejects.toEqual(code('ERR_ID_EXISTS'));
	expect(readdirSync(join(root, 'web')).sort()).toEqual(['config.json', 'lock']);
	const { containers } = await store.list();
	expect(containers).toEqual([]);
});
