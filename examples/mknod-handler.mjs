// Performs mknod(2) for containers that may not: used by emulate-mknod.mjs.
import { spawnSync } from 'node:child_process';
import { closeSync, constants, lchownSync, openSync, readFileSync } from 'node:fs';

/** Character devices that a container may have, by major:minor. */
const harmless = new Set(['1:3', '1:5', '1:7', '1:8', '1:9']); // null, zero, full, random, urandom

const AT_FDCWD = -100;
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, S_IFMT, S_IFCHR } = constants;

/** For `linux.seccomp.syscalls` of a config. */
export const mknodRule = { names: ['mknod', 'mknodat'], action: 'SCMP_ACT_NOTIFY' };

/** For `onSyscall`: makes the node in the container, as the caller would have. */
export function emulateMknod(call) {
	const [dirfd, address, mode, device] = call.name === 'mknodat' ? call.args : [BigInt(AT_FDCWD), ...call.args];
	// Everything else, such as a fifo, needs no privilege.
	if ((Number(mode) & S_IFMT) !== S_IFCHR) return 'continue';
	const major = Number((device >> 8n) & 0xfffn);
	const minor = Number((device & 0xffn) | ((device >> 12n) & 0xfff00n));
	if (!harmless.has(`${major}:${minor}`)) return { errno: 'EPERM' };

	const path = call.readString(address);
	const parts = path.split('/').filter((part) => part !== '' && part !== '.');
	const name = parts.pop();
	if (name === undefined || parts.concat(name).includes('..')) return { errno: 'EPERM' };

	const parent = openParent(call, path.startsWith('/'), Number(BigInt.asIntN(32, dirfd)), parts);
	if (parent === undefined) return { errno: 'ENOENT' };
	try {
		// What was opened by the pid is the container's only if the pid is still the caller's.
		if (!call.waits) return { errno: 'EINTR' };
		return makeNode(`/proc/${process.pid}/fd/${parent}/${name}`, Number(mode) & 0o777, major, minor, call.pid);
	} finally {
		closeSync(parent);
	}
}

/** Opens a directory of the container, step by step, so that no link leads out of it. Undefined: there is a link, or nothing. */
function openParent(call, absolute, dirfd, parts) {
	let fd = openStart(call, absolute, dirfd);
	for (const part of parts) {
		const above = fd;
		try {
			fd = openSync(`/proc/self/fd/${above}/${part}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
		} catch {
			return undefined;
		} finally {
			closeSync(above);
		}
	}
	return fd;
}

function openStart(call, absolute, dirfd) {
	if (absolute) return openSync(`/proc/${call.pid}/root`, O_RDONLY | O_DIRECTORY);
	if (dirfd === AT_FDCWD) return openSync(`/proc/${call.pid}/cwd`, O_RDONLY | O_DIRECTORY);
	const taken = call.descriptor(dirfd);
	try {
		return openSync(`/proc/self/fd/${taken.fd}`, O_RDONLY | O_DIRECTORY);
	} finally {
		taken.close();
	}
}

function makeNode(path, mode, major, minor, pid) {
	// Node has no mknod(2). It is the host's own program that is run, on the host.
	const args = ['-m', mode.toString(8), path, 'c', String(major), String(minor)];
	const { status, stderr } = spawnSync('mknod', args, { encoding: 'utf8' });
	if (status !== 0) return { errno: stderr.includes('exists') ? 'EEXIST' : 'EPERM' };
	// The file system ids, as a file that the caller made itself would have.
	const lines = readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^[UG]id:\t\d+\t\d+\t\d+\t(\d+)$/gm);
	const [uid, gid] = Array.from(lines, (match) => Number(match[1]));
	lchownSync(path, uid, gid);
	return { value: 0 };
}
