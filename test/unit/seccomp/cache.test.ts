import { createHash } from 'node:crypto';
import {
	chmodSync,
	chownSync,
	linkSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, FilterCache } from '../../../lib/seccomp/cache.js';

const digest: Digest = (pieces) => {
	const hash = createHash('sha256');
	for (const piece of pieces) hash.update(piece);
	return hash.digest();
};

const key = 'ab'.repeat(32);
const program = Uint8Array.from({ length: 24 }, (_, index) => index);
const asRoot = process.geteuid?.() === 0 ? test : test.skip;

let folder: string;
let directory: string;
let reasons: string[];
let cache: FilterCache;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-filters-'));
	directory = join(folder, '@seccomp');
	reasons = [];
	cache = new FilterCache(directory, digest, (reason) => reasons.push(reason));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Nothing is read, and somebody was told why. */
function expectRefused(why: RegExp): void {
	expect(cache.read(key)).toBeUndefined();
	expect(reasons).toEqual([expect.stringMatching(why)]);
}

test('what was written is read, by nobody else', () => {
	expect(cache.read(key)).toBeUndefined();
	cache.write(key, program);
	expect(new Uint8Array(cache.read(key) ?? [])).toEqual(program);
	expect(lstatSync(directory).mode & 0o777).toBe(0o700);
	expect(lstatSync(join(directory, key)).mode & 0o777).toBe(0o600);
	expect(cache.read('cd'.repeat(32))).toBeUndefined();
	expect(reasons).toEqual([]);
});

test.each([0o777, 0o720, 0o702])('a directory of mode %o is not read and not written', (mode) => {
	cache.write(key, program);
	chmodSync(directory, mode);
	expectRefused(/others may write to it/);
	rmSync(join(directory, key));
	cache.write(key, program);
	expect(readdirSync(directory)).toEqual([]);
});

test('a link in place of the directory is not followed', () => {
	cache.write(key, program);
	renameSync(directory, `${directory}-real`);
	symlinkSync(`${directory}-real`, directory);
	expectRefused(/not a directory/);
	cache.write('cd'.repeat(32), program);
	expect(readdirSync(`${directory}-real`)).toEqual([key]);
});

test.each([0o660, 0o602])('a file of mode %o is not believed', (mode) => {
	cache.write(key, program);
	chmodSync(join(directory, key), mode);
	expectRefused(/others may write to it/);
});

test('a link in place of a file is not followed', () => {
	cache.write(key, program);
	renameSync(join(directory, key), join(folder, 'elsewhere'));
	symlinkSync(join(folder, 'elsewhere'), join(directory, key));
	expectRefused(/too many levels of symbolic links/);
});

test('a file with another name is not believed', () => {
	cache.write(key, program);
	linkSync(join(directory, key), join(folder, 'elsewhere'));
	expectRefused(/has 2 names/);
});

test('a directory in place of a file is not believed', () => {
	mkdirSync(join(directory, key), { recursive: true, mode: 0o700 });
	expectRefused(/not a regular file/);
});

asRoot("another user's file or directory is not believed (needs root)", () => {
	cache.write(key, program);
	chownSync(join(directory, key), 1000, 1000);
	expectRefused(/belongs to user 1000/);
	reasons.length = 0;
	chownSync(join(directory, key), 0, 0);
	chownSync(directory, 1000, 1000);
	expectRefused(/belongs to user 1000/);
});

test.each([
	['a changed byte', (bytes: Buffer) => bytes.fill(0xff, 40, 41)],
	['a cut file', (bytes: Buffer) => bytes.subarray(0, -8)],
	['an odd length', (bytes: Buffer) => bytes.subarray(0, -1)],
	['an added instruction', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(8)])],
	['an empty file', () => Buffer.alloc(0)],
	['a digest and nothing', (bytes: Buffer) => bytes.subarray(0, 32)],
])('%s is damage', (_, damage) => {
	cache.write(key, program);
	writeFileSync(join(directory, key), damage(readFileSync(join(directory, key))));
	expectRefused(/is damaged/);
	cache.write(key, program);
	expect(cache.read(key)).toBeDefined();
});

test('a whole file under the name of another profile is damage', () => {
	const other = 'cd'.repeat(32);
	cache.write(other, program);
	renameSync(join(directory, other), join(directory, key));
	expectRefused(/is damaged/);
});

test('a file larger than any program is not read', () => {
	cache.write(key, program);
	writeFileSync(join(directory, key), Buffer.alloc(40_000));
	expectRefused(/has 40000 bytes/);
});

test('of many files the oldest go', () => {
	for (let count = 0; count < 70; count++) {
		const name = count.toString(16).padStart(64, '0');
		cache.write(name, program);
		utimesSync(join(directory, name), count, count);
	}
	const kept = readdirSync(directory);
	expect(kept).toHaveLength(64);
	expect(kept).not.toContain('0'.repeat(64));
	expect(reasons).toEqual([]);
});

test('a place that cannot be written is no error', () => {
	const nowhere = new FilterCache(join(folder, 'absent', '@seccomp'), digest, (reason) => reasons.push(reason));
	nowhere.write(key, program);
	expect(reasons).toEqual([expect.stringMatching(/no such file or directory/)]);
});
