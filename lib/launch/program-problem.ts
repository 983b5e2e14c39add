import { existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { TsrunError } from '../errors/index.js';
import { constants } from '../native/files.js';
import { native, OwnedFd } from '../native/index.js';
import { type Executable, executableHeadBytes, parseExecutable } from '../os/executable.js';
import { errnoOf } from '../os/index.js';

/**
 * RESOLVE_IN_ROOT and RESOLVE_NO_XDEV of openat2(2): no link of an image leads out of its root, and what a container has mounted
 * is not asked, for a file system that its own process serves could leave us without an answer.
 */
const resolveInside = 0x11n;

/** What this machine's kernel runs by itself, by process.arch. */
const runnable = new Map([
	['x64', ['x86_64', 'i386']],
	['arm64', ['aarch64', 'arm']],
	['riscv64', ['riscv64']],
	['ppc64', ['ppc64le']],
	['s390x', ['s390x']],
	['loong64', ['loongarch64']],
]);

/**
 * Why the kernel cannot run a program of an image, when the file itself tells: it is of another architecture, its interpreter is
 * missing, or it is no program. The errno alone says "no such file" of a file that is there.
 *
 * @param root directory of the root file system, or /proc/PID/root
 * @param path absolute, inside
 * @returns a sentence with what to do; undefined when the file looks right
 */
export function programProblem(root: string, path: string): string | undefined {
	const file = look(root, path);
	if (file === notRegular) return `${path} is no regular file: name a program.`;
	if (typeof file === 'string') return file === 'ENOENT' ? `${path} is not in the root file system.` : undefined;
	if ((file.mode & 0o111) === 0) return `${path} has no x bit: chmod +x it in the image.`;
	return formatProblem(root, path, file.executable);
}

function formatProblem(root: string, path: string, executable: Executable): string | undefined {
	if (executable.format === 'other') {
		return `${path} is neither an ELF program nor a script: a script has to begin with #! and the path of its interpreter.`;
	}
	const { interpreter } = executable;
	if (executable.format === 'elf') {
		const own = runnable.get(process.arch);
		if (own !== undefined && !own.includes(executable.machine) && !isEmulated(executable.machine)) {
			return `${path} is a program for ${executable.machine}, and this machine is ${own[0]}: use an image of this architecture, or register an emulator (binfmt_misc, qemu-user-static).`;
		}
		if (interpreter === undefined || look(root, interpreter) !== 'ENOENT') return undefined;
		return `${path} is there, and its dynamic loader ${interpreter} is not: use an image with the libc that it was linked to (glibc or musl), or a static program.`;
	}
	if (executable.interpreter.endsWith('\r')) {
		return `The first line of ${path} ends with a carriage return: save it with Unix line ends (dos2unix).`;
	}
	if (look(root, executable.interpreter) !== 'ENOENT') return undefined;
	return `${path} is there, and the interpreter of its first line, ${executable.interpreter}, is not: install it in the image, or correct the line.`;
}

/** qemu-user registers itself under the name of the machine. */
function isEmulated(machine: string): boolean {
	return existsSync(`/proc/sys/fs/binfmt_misc/qemu-${machine}`);
}

const notRegular = 'not regular';

/** A regular file inside, or {@link notRegular}, or the errno with which it could not be looked at. */
function look(root: string, path: string): { mode: number; executable: Executable } | string {
	try {
		using directory = new OwnedFd(openSync(root, constants.O_PATH | constants.O_DIRECTORY));
		// Only a place at first: to open a device can be to use it, and here no cgroup keeps an image from those of the machine.
		using place = new OwnedFd(native().openat2(directory.number, path, constants.O_PATH, 0, resolveInside));
		if (!fstatSync(place.number).isFile()) return notRegular;
		return readHead(place.number);
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === undefined) throw error;
		return errno;
	}
}

function readHead(place: number): { mode: number; executable: Executable } {
	using file = new OwnedFd(openSync(`/proc/self/fd/${place}`, constants.O_RDONLY));
	const { mode, size } = fstatSync(file.number);
	const head = Buffer.alloc(Math.min(size, executableHeadBytes));
	const length = readSync(file.number, head, 0, head.length, 0);
	return { mode, executable: parseExecutable(head.subarray(0, length)) };
}

/** The error of a program that could not be executed, with the reason that its file tells in the place of the general hint. */
export function withProgramProblem(error: TsrunError, root: string): TsrunError {
	const { code, message, path, errno, syscall, pointer, where, step, containerId, also, cause } = error;
	const looked = code === 'ERR_EXECUTABLE' && path !== undefined && path.startsWith('/');
	const hint = looked ? programProblem(root, path) : undefined;
	if (hint === undefined) return error;
	return new TsrunError(code, message, { path, errno, syscall, pointer, where, step, containerId, also, cause, hint });
}
