import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratch } from '../harness/scratch.js';

const script = resolve('scripts/build/align-segments.mjs');

/** In a process of its own, as the build has it. */
function align(from: string, to: string): void {
	const program =
		`import { readFileSync, writeFileSync } from 'node:fs';\n` +
		`import { alignSegments } from ${JSON.stringify(script)};\n` +
		`const [from, to] = process.argv.slice(1);\n` +
		`writeFileSync(to, alignSegments(readFileSync(from)));\n`;
	execFileSync(process.execPath, ['--input-type=module', '-e', program, from, to]);
	chmodSync(to, 0o755);
}

const piece = 2 * 1024 * 1024;

/** Offset and address of each segment that is loaded, as readelf(1) tells them. */
function loadedSegments(path: string): [number, number][] {
	const lines = execFileSync('readelf', ['--segments', '--wide', path], { encoding: 'utf8' }).split('\n');
	return lines
		.map((line) => /^\s*LOAD\s+(0x\w+)\s+(0x\w+)/.exec(line))
		.flatMap((found) => (found === null ? [] : [[Number(found[1]), Number(found[2])] as [number, number]]));
}

const isAligned = ([offset, address]: [number, number]) => (address - offset) % piece === 0;

describe('segments of an executable at the offsets of their addresses', () => {
	test('a program goes on as before: its text, data, sections and symbols', () => {
		const folder = scratch();
		const [source, before, after] = [join(folder, 'program.c'), join(folder, 'before'), join(folder, 'after')];
		const text = `
			#include <stdio.h>
			static int cleared[4096];
			static int filled[] = {40, 2};
			int main(void) { printf("%d %s\\n", filled[0] + filled[1] + cleared[4095], "and text"); return 7; }
		`;
		writeFileSync(source, text);
		execFileSync('cc', ['-no-pie', '-g', '-o', before, source]);
		align(before, after);

		const runs = [before, after].map((program) => spawnSync(program, { encoding: 'utf8' }));
		expect(runs.map(({ status, stdout }) => [status, stdout])).toEqual(Array(2).fill([7, '42 and text\n']));
		expect(loadedSegments(before).every(isAligned)).toBe(false);
		expect(loadedSegments(after).every(isAligned)).toBe(true);
		expect(loadedSegments(after).map(([, address]) => address)).toEqual(
			loadedSegments(before).map(([, address]) => address),
		);
		const symbols = (path: string) =>
			execFileSync('readelf', ['--symbols', '--string-dump=.comment', '--debug-dump=info', path], { encoding: 'utf8' });
		expect(symbols(after)).toBe(symbols(before).replaceAll(before, after));
	});

	test('the program of this installation has them there', () => {
		const segments = loadedSegments('dist/libexec/tsrun');
		expect(segments.length).toBeGreaterThan(1);
		expect(segments.filter((segment) => !isAligned(segment))).toEqual([]);
	});
});
