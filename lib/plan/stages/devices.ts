import { absolutePath } from '../../paths.js';
import type { Device, Process, Spec } from '../../spec/types.js';
import type { Shape } from '../shape.js';
import { init, type Step } from '../step.js';
import type { ProcessPointer } from './process.js';

// config-linux.md, "Default Devices"; numbers from the kernel's Documentation/admin-guide/devices.txt.
const defaultDevices: readonly Device[] = [
	{ path: '/dev/null', type: 'c', major: 1, minor: 3 },
	{ path: '/dev/zero', type: 'c', major: 1, minor: 5 },
	{ path: '/dev/full', type: 'c', major: 1, minor: 7 },
	{ path: '/dev/random', type: 'c', major: 1, minor: 8 },
	{ path: '/dev/urandom', type: 'c', major: 1, minor: 9 },
	{ path: '/dev/tty', type: 'c', major: 5, minor: 0 },
];

// runtime-linux.md, "Dev symbolic links"; /dev/core is what every runtime has always made beside them.
const links: readonly (readonly [target: string, path: string])[] = [
	['/proc/self/fd', '/dev/fd'],
	['/proc/self/fd/0', '/dev/stdin'],
	['/proc/self/fd/1', '/dev/stdout'],
	['/proc/self/fd/2', '/dev/stderr'],
	['/proc/kcore', '/dev/core'],
];

/** Devices and links below /dev, and the terminal. */
export function* deviceStage(shape: Shape): Generator<Step> {
	yield* deviceNodeStage(shape);
	const { process } = shape.spec;
	if (process?.terminal === true) yield consoleStep(process, '/process', shape.hasMountNamespace || shape.mountsOnHost);
}

/** Devices and links below /dev, unless the whole of /dev is the caller's own. */
export function* deviceNodeStage(shape: Shape): Generator<Step> {
	if ((!shape.hasMountNamespace && !shape.mountsOnHost) || devIsBound(shape)) return;
	for (const [path, [device, pointer]] of devicesOf(shape.spec)) yield deviceStep(shape, path, device, pointer);
	yield init('ptmx', {});
	for (const [target, path] of links) yield init('symlink', { target, path });
}

/** By path: the default devices and those of the config, with the pointers of these. */
export function devicesOf(spec: Spec): Map<string, [Device, string]> {
	const asked = new Map<string, [Device, string]>(defaultDevices.map((device) => [device.path, [device, '']]));
	for (const [index, device] of (spec.linux?.devices ?? []).entries()) {
		asked.set(absolutePath('/', device.path), [device, `/linux/devices/${index}`]);
	}
	return asked;
}

/** The pseudo-terminal of a process, with the size that was asked for. */
export function consoleStep(process: Process, at: ProcessPointer, bind: boolean): Step {
	const size = process.consoleSize;
	return init(
		'console',
		{
			set_size: size === undefined ? 0 : 1,
			rows: size?.height ?? 0,
			columns: size?.width ?? 0,
			uid: process.user.uid,
			bind: bind ? 1 : 0,
		},
		`${at}/terminal`,
	);
}

function devIsBound(shape: Shape): boolean {
	return shape.mounts.some(({ mount, bind }) => bind && absolutePath('/', mount.destination) === '/dev');
}

function deviceStep(shape: Shape, path: string, device: Device, pointer: string): Step {
	// `u` is an unbuffered character device, which Linux does not tell from `c`.
	const type = (device.type === 'u' ? 'c' : device.type).charCodeAt(0);
	const number = { type, major: device.major ?? 0, minor: device.minor ?? 0 };
	// mknod(2) of a device is refused in every user namespace but the first, whoever asks.
	if (device.type !== 'p' && (shape.inUserNamespace || shape.facts.inUserNamespace)) {
		return init('device_bind', { path, source: path, ...number }, pointer);
	}
	return init(
		'device',
		{
			path,
			...number,
			mode: (device.fileMode ?? 0o666) & 0o7777,
			uid: device.uid ?? 0,
			gid: device.gid ?? 0,
		},
		pointer,
	);
}
