import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

afterAll(() => {
	for (const path of made.splice(0)) rmSync(path, { recursive: true });
});

/** A directory with these files, in place of a cgroup. */
export function files(texts: Readonly<Record<string, string>>): string {
	const directory = mkdtempSync(join(tmpdir(), 'tsrun-cgroup-'));
	made.push(directory);
	mkdirSync(directory, { recursive: true });
	for (const [name, text] of Object.entries(texts)) writeFileSync(join(directory, name), text);
	return directory;
}
