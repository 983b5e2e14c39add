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
	for (const [index, path] of (linux?.maskedPaths ?? []).entries()) {
		yield init('mask', { path }, `/linux/maskedPaths/${index}`);
	}
}
