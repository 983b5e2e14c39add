import { accessSync, constants, existsSync } from '../native/files.js';
import { errnoOf, systemFailure } from '../os/index.js';
import { basename, dirname } from '../paths.js';
import { readValue, writeValue } from './value.js';

/**
 * Has the cgroups above hand controllers on to one of the unified hierarchy, as far up as it takes. What one of them
 * does not hand on is left out: it may not be ours to change, or have processes of its own. A limit that needs the
 * controller then fails, with {@link whyMissing} for its hint.
 */
export function enableControllers(directory: string, wanted: readonly string[]): void {
	const missing = without(wanted, words(`${directory}/cgroup.controllers`));
	const parent = dirname(directory);
	if (missing.length === 0 || !isUnified(parent)) return;
	enableControllers(parent, missing);
	const file = `${parent}/cgroup.subtree_control`;
	const needed = without(missing, words(file));
	if (needed.length === 0) return;
	const refusal = tryWrite(file, needed);
	// EBUSY: it has processes. Some controllers could be had by themselves even so, but they would turn it into the root
	// of a threaded tree, and nothing below it into a place for a container.
	if (refusal === undefined || refusal === 'EBUSY') return;
	for (const controller of needed) tryWrite(file, [controller]);
}

/**
 * Why a cgroup lacks the file of a controller, in a sentence that says what to do.
 *
 * @returns undefined where the file is there after all, or the directory is no cgroup
 */
export function whyMissing(file: string): string | undefined {
	const directory = dirname(file);
	const [controller = ''] = basename(file).split('.');
	if (!isUnified(directory) || words(`${directory}/cgroup.controllers`).includes(controller)) return whyUnknown(file);
	for (let above = dirname(directory); isUnified(above); above = dirname(above)) {
		if (!words(`${above}/cgroup.controllers`).includes(controller)) continue;
		return `The cgroup ${above} has the controller ${controller} and does not hand it on: ${obstacle(above)}`;
	}
	return (
		`No cgroup above ${directory} has the controller ${controller}: have it delegated, for a systemd user session by ` +
		'Delegate=yes in a drop-in of user@.service.'
	);
}

function whyUnknown(file: string): string | undefined {
	const directory = dirname(file);
	if (existsSync(file) || !existsSync(`${directory}/cgroup.procs`)) return undefined;
	if (/^(io|blkio)\.(bfq\.)?weight(_device)?$/.test(basename(file))) {
		return 'No I/O scheduler with weights is loaded: modprobe bfq, and choose it in /sys/block/DEVICE/queue/scheduler.';
	}
	return `The kernel has no file ${basename(file)} here, though its controller is: the name is wrong, or one of another version of Linux.`;
}

function obstacle(directory: string): string {
	try {
		accessSync(`${directory}/cgroup.subtree_control`, constants.W_OK);
	} catch {
		return 'it is not yours; have systemd delegate one (systemd-run --user --scope -p Delegate=yes).';
	}
	// Documentation/admin-guide/cgroup-v2.rst, "No Internal Process Constraint"
	if ((readValue(`${directory}/cgroup.procs`) ?? '') !== '') {
		return 'it has processes of its own; move them to a cgroup below it, or choose another linux.cgroupsPath.';
	}
	return 'write its name with a + to cgroup.subtree_control there.';
}

function isUnified(directory: string): boolean {
	return readValue(`${directory}/cgroup.subtree_control`) !== undefined;
}

function words(file: string): string[] {
	const text = readValue(file)?.trim() ?? '';
	return text === '' ? [] : text.split(' ');
}

function without(all: readonly string[], some: readonly string[]): string[] {
	return all.filter((one) => !some.includes(one));
}

// ENOTSUP: it is threaded. ENOENT, EINVAL: it does not have the controller itself, or the controller cannot be handed on.
const expected: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'ENOTSUP', 'EOPNOTSUPP', 'ENOENT', 'EINVAL'];

/** @returns the errno of a refusal */
function tryWrite(file: string, controllers: readonly string[]): string | undefined {
	try {
		writeValue(file, controllers.map((name) => `+${name}`).join(' '));
		return undefined;
	} catch (cause) {
		const errno = errnoOf(cause);
		if (errno !== undefined && expected.includes(errno)) return errno;
		throw systemFailure(`cannot hand controllers on to ${dirname(file)}`, cause, { path: file }, 'ERR_CGROUP');
	}
}
