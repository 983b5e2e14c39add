import type { Rule } from '../fault.js';
import { escapePart } from '../pointer.js';
import { showValue } from '../show-value.js';
import type { Resources } from '../types.js';
import { isInterfaceName } from './interface-name.js';

export const deviceRules: Rule<Resources> = function* ({ devices }, at) {
	for (const [index, { type, access }] of devices?.entries() ?? []) {
		const pointer = `${at}/devices/${index}`;
		if (type !== undefined && !['a', 'b', 'c'].includes(type)) {
			yield { pointer: `${pointer}/type`, message: `must be one of a, b, c; found ${showValue(type)}` };
		}
		if (access !== undefined && !/^[rwm]+$/.test(access)) {
			yield {
				pointer: `${pointer}/access`,
				message: `must be made of the letters r, w and m, found ${showValue(access)}`,
			};
		}
	}
};

/** `swap` counts memory and swap together, so it cannot be the smaller of the two. */
export const swapIncludesMemory: Rule<Resources> = function* ({ memory }, at) {
	const { limit = 0n, swap = 0n } = memory ?? {};
	if (limit <= 0n || swap <= 0n || swap >= limit) return;
	yield { pointer: `${at}/memory/swap`, message: `must not be less than the memory limit ${limit}, found ${swap}` };
};

export const burstWithinQuota: Rule<Resources> = function* ({ cpu }, at) {
	const { quota = 0n, burst = 0n } = cpu ?? {};
	if (quota <= 0n || burst <= quota) return;
	yield { pointer: `${at}/cpu/burst`, message: `must not exceed the quota ${quota}, found ${burst}` };
};

export const weightDevices: Rule<Resources> = function* ({ blockIO }, at) {
	for (const [index, { weight, leafWeight }] of blockIO?.weightDevice?.entries() ?? []) {
		if (weight !== undefined || leafWeight !== undefined) continue;
		yield { pointer: `${at}/blockIO/weightDevice/${index}`, message: 'must have weight or leafWeight' };
	}
};

/** The size becomes part of a file name in the cgroup. */
export const hugepageSizes: Rule<Resources> = function* ({ hugepageLimits }, at) {
	for (const [index, { pageSize }] of hugepageLimits?.entries() ?? []) {
		if (/^[1-9][0-9]*[KMG]B$/.test(pageSize)) continue;
		const message = `must be a size such as 64KB, 2MB or 1GB, found ${showValue(pageSize)}`;
		yield { pointer: `${at}/hugepageLimits/${index}/pageSize`, message };
	}
};

export const networkPriorities: Rule<Resources> = function* ({ network }, at) {
	for (const [index, { name }] of network?.priorities?.entries() ?? []) {
		if (isInterfaceName(name)) continue;
		const message = `must be the name of a network interface, found ${showValue(name)}`;
		yield { pointer: `${at}/network/priorities/${index}/name`, message };
	}
};

export const rdmaLimits: Rule<Resources> = function* ({ rdma }, at) {
	for (const device of Object.keys(rdma ?? {})) {
		const pointer = `${at}/rdma/${escapePart(device)}`;
		const { hcaHandles, hcaObjects } = rdma?.[device] ?? {};
		if (hcaHandles === undefined && hcaObjects === undefined) {
			yield { pointer, message: 'must have hcaHandles or hcaObjects' };
		}
		// The name becomes a word of a line that is written to rdma.max.
		if (device === '' || /\s/.test(device)) yield { pointer, message: 'is not the name of a device' };
	}
};

/** Each key becomes the name of a file in the container's cgroup and nowhere else. */
export const unifiedFileNames: Rule<Resources> = function* ({ unified }, at) {
	for (const name of Object.keys(unified ?? {})) {
		if (name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)) continue;
		yield { pointer: `${at}/unified/${escapePart(name)}`, message: 'is not the name of a file in a cgroup' };
	}
};
