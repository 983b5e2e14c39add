import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Copies a file in one write. The kernel then has it in its page cache in pieces as large as its file systems can (ext4 since Linux
 * 6.16, XFS since 5.18: up to 2 MiB), and a program that is aligned for it (build/align-segments.mjs) is mapped in as large ones.
 */
export function copyInOneGo(from, to, mode) {
	writeFileSync(to, readFileSync(from));
	chmodSync(to, mode);
}
