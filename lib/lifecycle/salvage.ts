import { statIfThere } from '../native/files.js';
import { errnoOf } from '../os/index.js';
import { type ContainerDir, type ContainerRecord, recordVersion } from '../state/index.js';

/**
 * What a record that cannot be used still tells of the processes and cgroups of its container: found by the form of its members,
 * whatever is missing, damaged, or of a later version around them. The process counts only together with its start time, a
 * directory only if it is there, so that a wrong piece of text ends nothing.
 *
 * @returns undefined when neither is to be found
 */
export function salvagedRecord(dir: ContainerDir): ContainerRecord | undefined {
	const text = textOf(dir);
	const pid = Number(/"pid":(\d{1,10})[,}]/.exec(text)?.[1] ?? 0);
	const startTime = /"startTime":"(\d{1,20})"/.exec(text)?.[1] ?? '';
	const paths = directories(/"paths":(.*?"v1":\{[^}]*|[^}]*)/.exec(text)?.[1]);
	const created = directories(/"created":\[([^\]]*)/.exec(text)?.[1]);
	if (startTime === '' && paths.length === 0) return undefined;
	const v1 = Object.fromEntries(paths.map((path, index) => [String(index), path]));
	return {
		version: recordVersion,
		id: dir.id,
		bundle: '/',
		rootfs: '/',
		ociVersion: '',
		created: '',
		pid: startTime === '' ? 0 : pid,
		startTime,
		owner: { uid: 0 },
		cgroup: { manager: 'cgroupfs', paths: { v1 }, created: created.length > 0 ? created : paths },
		namespaces: [],
		rootless: false,
		newKeyring: false,
		terminal: false,
		hooks: [],
		hasProcess: false,
		startSteps: { first: 0, steps: [] },
	};
}

function directories(list = ''): string[] {
	const named = [...list.matchAll(/"(\/[^"\\]+)"/g)].map(([, path = '']) => path);
	return named.filter((path) => statIfThere(path)?.isDirectory());
}

function textOf(dir: ContainerDir): string {
	try {
		return dir.recordText();
	} catch (error) {
		// Something else than a file is in its place, or nothing.
		if (['ENOENT', 'ELOOP', 'EINVAL', 'EISDIR', 'EFBIG'].includes(errnoOf(error) ?? '')) return '';
		throw error;
	}
}
