import type { DeviceListWrite } from '../../../../lib/plan/resources/device-list.js';
import type { DeviceRequest } from './device-interpreter.js';

interface Exception {
	readonly key: string;
	readonly type: string;
	readonly major: string;
	readonly minor: string;
	access: number;
}

const bits: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 };

/**
 * What the kernel makes of writes to devices.allow and devices.deny (security/device_cgroup.c): a default, and a list
 * of exceptions from it. An entry is merged with one that has the same numbers, and taken out of such a one only.
 */
export class LegacyDevices {
	#allow = true;
	#exceptions: Exception[] = [];

	write({ file, value }: Pick<DeviceListWrite, 'file' | 'value'>): void {
		const allow = file === 'devices.allow';
		if (value === 'a') {
			this.#allow = allow;
			this.#exceptions = [];
			return;
		}
		const [, type = '', major = '', minor = '', letters = ''] = /^([bc]) (\d+|\*):(\d+|\*) ([rwm]+)$/.exec(value) ?? [];
		if (type === '') throw new Error(`the kernel answers EINVAL to ${value}`);
		const access = [...letters].reduce((sum, letter) => sum | (bits[letter] ?? 0), 0);
		const key = `${type} ${major}:${minor}`;
		const known = this.#exceptions.find((one) => one.key === key);
		if (allow === this.#allow) {
			if (known !== undefined) known.access &= ~access;
		} else if (known !== undefined) known.access |= access;
		else this.#exceptions.push({ key, type, major, minor, access });
	}

	/** As devcgroup_legacy_check_permission answers. */
	allows({ type, major, minor, access }: DeviceRequest): boolean {
		const fits = (one: Exception) =>
			one.type === type &&
			(one.major === '*' || one.major === String(major)) &&
			(one.minor === '*' || one.minor === String(minor));
		// With everything allowed, an exception that has any of the accesses denies; with nothing allowed, one exception
		// has to have all of them.
		return this.#allow
			? !this.#exceptions.some((one) => fits(one) && (one.access & access) !== 0)
			: this.#exceptions.some((one) => fits(one) && (access & ~one.access) === 0);
	}
}
