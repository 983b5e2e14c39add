import { execFileSync } from 'node:child_process';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { findBusybox } from './busybox.js';

const cache = resolve(import.meta.dirname, '../../.cache/rootfs');

const folders = ['bin', 'dev', 'etc', 'home/user', 'proc', 'root', 'run', 'sys', 'tmp', 'usr', 'var'];

const files = {
	'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n',
	'etc/group': 'root:x:0:\nuser:x:1000:\n',
	'etc/hostname': 'rootfs\n',
};

/**
 * Copies a root filesystem of Debian's static busybox to `target`, which must not exist: every applet as a symlink in /bin, two users.
 * The original is built once per busybox and kept in .cache.
 */
export function makeRootfs(target: string): void {
	execFileSync('cp', ['-a', '--reflink=auto', original(), target]);
}

function original(): string {
	const busybox = findBusybox();
	if (busybox === undefined) throw new Error('no static busybox on this machine (Debian: busybox-static)');
	const path = join(cache, 'busybox');
	const binary = join(path, 'bin/busybox');
	if (existsSync(binary) && readFileSync(binary).equals(readFileSync(busybox))) return path;

	mkdirSync(cache, { recursive: true });
	const fresh = mkdtempSync(join(cache, 'new-'));
	for (const folder of folders) mkdirSync(join(fresh, folder), { recursive: true });
	for (const [name, text] of Object.entries(files)) writeFileSync(join(fresh, name), text);
	copyFileSync(busybox, join(fresh, 'bin/busybox'));
	for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
		if (applet !== 'busybox') symlinkSync('busybox', join(fresh, 'bin', applet));
	execFileSync('chmod', ['755', fresh]);
	execFileSync('chmod', ['1777', join(fresh, 'tmp')]);
	rmSync(path, { recursive: true, force: true });
	renameSync(fresh, path);
	return path;
}
