import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from './scratch.js';

/** A directory of the host that an image tries to reach, and a way to say that nobody has. */
export class Target {
	readonly path = scratch('target');
	readonly #before: string;

	/** @param names of further files in it, that an attack would overwrite or remove */
	constructor(names: readonly string[] = []) {
		for (const name of ['file', ...names]) writeFileSync(join(this.path, name), 'untouched');
		mkdirSync(join(this.path, 'folder'));
		this.#before = this.look();
	}

	/** Names, contents and owners; what is mounted below would show up as well. */
	look(): string {
		return execFileSync('find', ['.', '-printf', '%p %y %m %U %D %i\n'], { cwd: this.path, encoding: 'utf8' });
	}

	/** Fails when anything has been made, removed, written or changed here. */
	expectUntouched(): void {
		expect(this.look()).toBe(this.#before);
		expect(readFileSync(join(this.path, 'file'), 'utf8')).toBe('untouched');
	}
}
