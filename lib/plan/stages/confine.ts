import type { Shape } from '../shape.js';
import { init, type Step } from '../step.js';

/** Sysctls, then the paths that the container must not change or see: in this order, since readonlyPaths hold /proc/sys. */
export function* confineStage(shape: Shape): Generator<Step> {
	const { linux } = shape.spec;
	for (const [name, value] of Object.entries(linux?.sysctl ?? {})) {
		yield init(
			'sysctl',
			{ path: sysctlPath(name), value },
			`/linux/sysctl/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
		);
	}
	for (const [index, path] of (linux?.readonlyPaths ?? []).entries()) {
		yield init('readonly', { path }, `/linux/readonlyPaths/${index}`);
	}
	for (const [index, path] of (linux?.maskedPaths ?? []).entries()) {
		yield init('mask', { path }, `/linux/maskedPaths/${index}`);
	}
}

/**
 * The path below /proc/sys. The separator that comes first is the one that was meant, as sysctl(8) reads it: in
 * `net/ipv4/conf/eth0.100/forwarding` the dot belongs to the device, in `net.ipv4.conf.eth0/100.forwarding` the slash does.
 */
export function sysctlPath(name: string): string {
	const dot = name.indexOf('.');
	const slash = name.indexOf('/');
	if (dot === -1 || (slash !== -1 && slash < dot)) return name;
	return [...name].map((char) => (char === '.' ? '/' : char === '/' ? '.' : char)).join('');
}
