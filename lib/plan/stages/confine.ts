import { escapePart } from '../../spec/pointer.js';
import { sysctlComponents } from '../../spec/sysctl-name.js';
import type { Shape } from '../shape.js';
import { init, type Step } from '../step.js';

/** Sysctls, then the paths that the container must not change or see: in this order, since readonlyPaths hold /proc/sys. */
export function* confineStage(shape: Shape): Generator<Step> {
	const { linux } = shape.spec;
	for (const [name, value] of Object.entries(linux?.sysctl ?? {})) {
		yield init('sysctl', { path: sysctlComponents(name).join('/'), value }, `/linux/sysctl/${escapePart(name)}`);
	}
	for (const [index, path] of (linux?.readonlyPaths ?? []).entries()) {
		yield init('readonly', { path }, `/linux/readonlyPaths/${index}`);
	}
	const masked = new Set<string>();
	if (linux?.mountLabel !== undefined && (linux.maskedPaths ?? []).length > 0) {
		yield init('mask_label', { label: linux.mountLabel }, '/linux/mountLabel');
	}
	for (const [index, path] of (linux?.maskedPaths ?? []).entries()) {
		// A second mount over the first would hide no more than that.
		if (masked.has(path)) continue;
		masked.add(path);
		yield init('mask', { path }, `/linux/maskedPaths/${index}`);
	}
}
