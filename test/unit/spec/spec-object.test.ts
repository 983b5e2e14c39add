import { readResourcesObject, readSpecObject } from '../../../lib/spec/object.js';
import type { SpecInput } from '../../../lib/spec/types.js';

const least: SpecInput = { ociVersion: '1.3.0', root: { path: '/r' } };

test('becomes the spec that its text would be', async () => {
	const loaded = await readSpecObject({
		...least,
		hostname: undefined,
		linux: { resources: { pids: { limit: 5 }, memory: { limit: 2n ** 62n } } },
	});
	expect(loaded.spec.linux?.resources).toEqual({ pids: { limit: 5n }, memory: { limit: 2n ** 62n } });
	expect(JSON.parse(loaded.text).linux.resources.pids).toEqual({ limit: 5 });
	expect(loaded.text).toContain('4611686018427387904');
	expect(loaded.placeOf('/root')).toBeUndefined();
});

test('every fault is told at once, by pointer and without a line', async () => {
	const wrong = { ...least, hostname: 5, process: { cwd: 5, args: [] } } as unknown as SpecInput;
	await expect(readSpecObject(wrong)).rejects.toMatchObject({
		code: 'ERR_CONFIG_INVALID',
		faults: [{ pointer: '/hostname' }, { pointer: '/process/cwd' }, { pointer: '/process/args' }],
	});
	const error = await readSpecObject(wrong).catch((reason) => reason);
	expect(error.faults.every(({ where }: { where?: unknown }) => where === undefined)).toBe(true);
});

test.each<[string, unknown, string]>([
	['a function', { annotations: { a: () => {} } }, '/annotations/a'],
	['a symbol', { hostname: Symbol('x') }, '/hostname'],
	['undefined in a list', { mounts: [undefined] }, '/mounts/0'],
	['infinity', { process: { oomScoreAdj: Number.POSITIVE_INFINITY } }, '/process/oomScoreAdj'],
	['a date', { annotations: { a: new Date() } }, '/annotations/a'],
	['a name with a slash', { annotations: { 'a/b': Number.NaN } }, '/annotations/a~1b'],
])('%s has no place in JSON', async (_, members, pointer) => {
	const object = { ...least, ...(members as object) } as SpecInput;
	await expect(readSpecObject(object)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID', pointer });
});

test('limits are read alike', async () => {
	expect(await readResourcesObject({ cpu: { shares: 512 } })).toEqual({ cpu: { shares: 512n } });
	const wrong = readResourcesObject({ cpu: { shares: -1 } });
	await expect(wrong).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID', pointer: '/cpu/shares', where: undefined });
});
