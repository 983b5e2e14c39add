import { isAbsolute } from '../../paths.js';
import type { Rule } from '../fault.js';
import { showValue } from '../show-value.js';
import type { Spec } from '../types.js';

export const completeDevices: Rule<Spec> = function* (spec) {
	for (const [index, device] of spec.linux?.devices?.entries() ?? []) {
		const pointer = `/linux/devices/${index}`;
		if (!isAbsolute(device.path)) {
			yield { pointer: `${pointer}/path`, message: `must be an absolute path, found ${showValue(device.path)}` };
		}
		if (device.type === 'p') continue;
		for (const number of ['major', 'minor'] as const) {
			if (device[number] !== undefined) continue;
			yield { pointer: `${pointer}/${number}`, message: `is required for a device of type ${device.type}` };
		}
	}
};
