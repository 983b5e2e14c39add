import type { Rule } from '../fault.js';
import { escapePart } from '../pointer.js';
import { showValue } from '../show-value.js';
import type { Spec } from '../types.js';
import { isInterfaceName } from './interface-name.js';
import { namespaceOf } from './namespaces.js';

export const netDevices: Rule<Spec> = function* (spec) {
	const devices = spec.linux?.netDevices ?? {};
	const names = Object.keys(devices);
	if (names.length > 0 && namespaceOf(spec, 'network') === undefined) {
		yield { pointer: '/linux/netDevices', message: 'needs an entry of type network in /linux/namespaces' };
	}
	for (const host of names) {
		const pointer = `/linux/netDevices/${escapePart(host)}`;
		if (!isInterfaceName(host)) yield { pointer, message: 'is not the name of a network interface' };
		const name = devices[host]?.name;
		if (name === undefined || (isInterfaceName(name) && hasSoundTemplate(name))) continue;
		const message = `must be the name of a network interface, found ${showValue(name)}`;
		yield { pointer: `${pointer}/name`, message };
	}
};

/** The kernel replaces one %d with a free number and refuses any other percent sign. */
function hasSoundTemplate(name: string): boolean {
	return !name.replace('%d', '').includes('%');
}
