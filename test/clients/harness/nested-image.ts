import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeRootfs } from '../../harness/rootfs.js';
import { output } from './call.js';
import { folder } from './stage.js';

const installed = '/usr/local/lib/tsrun';

/**
 * An image that has tsrun where docs/clients installs it, the libraries of the machine that it asks for, and busybox: for tsrun in a
 * container of an engine.
 *
 * @returns path of its files as one archive, as `docker import` takes them
 */
export async function nestedImage(): Promise<string> {
	const place = folder('nested');
	const rootfs = join(place, 'rootfs');
	makeRootfs(rootfs);
	for (const path of [installed, ...(await librariesOf(`${installed}/libexec/tsrun`))]) {
		mkdirSync(join(rootfs, dirname(path)), { recursive: true });
		cpSync(path, join(rootfs, path), { recursive: true, dereference: true });
	}
	mkdirSync(join(rootfs, '/usr/local/bin'), { recursive: true });
	symlinkSync(`${installed}/tsrun`, join(rootfs, '/usr/local/bin/tsrun'));
	const archive = join(place, 'image.tar');
	execFileSync('tar', ['-C', rootfs, '-cf', archive, '.']);
	return archive;
}

/** Paths of ldd(1): the libraries, and the loader. */
async function librariesOf(program: string): Promise<string[]> {
	const lines = (await output(['ldd', program])).split('\n');
	return lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}
