import { programToRun } from '../../../lib/runtime/exec-arguments.js';
import { execProcess } from '../../../lib/runtime/exec-process.js';
import type { ExecOptions } from '../../../lib/runtime/options.js';
import { type Process, readProcess, type Spec } from '../../../lib/spec/index.js';
import { parseSpec } from '../../harness/parse-spec.js';
import { configWithProcess } from '../spec/minimal.js';

const spec: Spec = parseSpec(configWithProcess({ user: { uid: 5, gid: 6 }, env: ['OWN=1'] }), 'config.json').spec;

function processWith(options: ExecOptions, words: readonly string[] = ['true']): Process {
	return execProcess(spec, words, options).process;
}

/** What a caller without types, or with a number that went wrong, may hand over. */
const anything = (value: unknown) => value as never;

test.each([
	[{ uid: 7 }, { uid: 7, gid: 6 }],
	[{ gid: 7 }, { uid: 5, gid: 7 }],
	[
		{ uid: 0, gid: 4294967294, additionalGids: [1, 2] },
		{ uid: 0, gid: 4294967294, additionalGids: [1, 2] },
	],
])('the user of %j', (user, expected) => {
	expect(processWith({ user }).user).toEqual(expected);
});

// As bytes of a plan NaN is 0, which is root.
test.each([Number.NaN, -1, 1.5, 4294967295, Number.POSITIVE_INFINITY, '5', null])('no id: %p', (value) => {
	const id = anything(value);
	for (const user of [{ uid: id }, { uid: 1, gid: id }, { additionalGids: [1, id] }]) {
		if (value === null && !('additionalGids' in user)) continue;
		expect(() => processWith({ user })).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
	}
});

test.each([[[]], [['true', 'a\0b']], [['true', anything(5)]], [[anything(undefined)]]])('no words: %j', (words) => {
	expect(() => processWith({}, words)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
});

test.each(['A', '', '=b', 'A=\0', anything(5)])('no variable: %j', (entry) => {
	expect(() => processWith({ env: [entry] })).toThrow(/^invalid environment variable /);
});

test.each([{ A: 'x\0' }, { 'A\0': '' }, { '': 'x' }])('no variables: %j', (env) => {
	expect(() => processWith({ env })).toThrow(/^invalid environment variable /);
});

test.each(['tmp', '/a\0', anything(5), ''])('no directory: %j', (cwd) => {
	expect(() => processWith({ cwd })).toThrow('Cwd must be an absolute path');
});

test('variables of an object and of a list come after those of the container', () => {
	expect(processWith({ env: { A: '', B: 'x=y', NONE: anything(undefined) } }).env).toEqual(['OWN=1', 'A=', 'B=x=y']);
	expect(processWith({ env: ['A==', 'OWN=2'] }).env).toEqual(['OWN=1', 'A==', 'OWN=2']);
});

test.each([
	[{ args: ['id'], cwd: '/', user: { uid: Number.NaN, gid: 0 } }, '/user/uid'],
	[{ args: [], cwd: '/', user: { uid: 0, gid: 0 } }, '/args'],
	[{ args: ['id'], cwd: 'x', user: { uid: 0, gid: 0 } }, '/cwd'],
	['echo hi', ''],
	[undefined, ''],
])('a process object with faults: %j', async (object, pointer) => {
	await expect(programToRun(anything(object))).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID', pointer });
});

test('a process object is what its JSON says, and one that was read from a document is itself', async () => {
	const object = { args: ['id'], cwd: '/', user: { uid: 1, gid: 2 } };
	expect(await programToRun(object)).toEqual(object);
	const read = await readProcess(JSON.stringify(object), 'process.json');
	expect(await programToRun(read)).toBe(read);
});
