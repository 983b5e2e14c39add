import type { Mount } from '../../spec/types.js';
import { contextType } from '../annotations.js';
import type { Shape } from '../shape.js';
import { init, type Step } from '../step.js';

// proc and sysfs take no context; an mqueue takes it as an attribute of its root alone.
const withoutOption: ReadonlySet<string | undefined> = new Set(['proc', 'sysfs', 'mqueue']);

const labelKeys = /^((?:fs|def|root)?context=)"(.*)"$/;

/** Options of a new file system that are about labels: those of the config without the quotes that mount(8) wants. */
export function labelledOptions({ spec }: Shape, mount: Mount, options: readonly string[]): string[] {
	const label = spec.linux?.mountLabel;
	const given = options.map((option) => option.replace(labelKeys, '$1$2'));
	const key = contextType(spec) ?? 'context';
	const own = given.some((option) => option.startsWith(`${key}=`));
	return label === undefined || own || withoutOption.has(mount.type) ? given : [...given, `${key}=${label}`];
}

/** The label of a file system that is mounted already, where its type takes no option for it. */
export function* labelSteps({ spec }: Shape, mount: Mount): Generator<Step> {
	const label = spec.linux?.mountLabel;
	if (label === undefined || mount.type !== 'mqueue') return;
	yield init('mqueue_label', { destination: mount.destination, label }, '/linux/mountLabel');
}
