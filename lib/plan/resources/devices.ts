import { ConfigError } from '../../errors/index.js';
import type { DeviceRule } from '../../spec/types.js';
import { host, type Step } from '../step.js';
import { controllerPlace, type LimitTarget, missingController } from './controller-place.js';
import { deviceList } from './device-list.js';
import { allowsEverything, devicePolicy } from './device-policy.js';
import { deviceProgram } from './device-program.js';
import { write } from './limit.js';

/** What the device rules of a container are compiled from. */
export interface DeviceSources {
	readonly rules: readonly DeviceRule[] | undefined;
	readonly target: LimitTarget;
	/** JSON pointer of the list. */
	readonly at: string;
	/**
	 * Nobody here can make a device file or open one of the host's, and the kernel does not let us set rules either:
	 * it is no failure when they cannot be set.
	 */
	readonly powerless: boolean;
	readonly warn: (message: string, pointer: string) => void;
}

const refusals = ['EPERM', 'EACCES', 'EROFS'];

/**
 * The steps after which a container can use the devices that it is allowed and no others.
 *
 * @throws ConfigError ERR_HOST_UNSUPPORTED where there is neither a list of v1 nor a place for a program
 */
export function* deviceRulesStage({ rules, target, at, powerless, warn }: DeviceSources): Generator<Step> {
	const policy = devicePolicy(rules ?? [], at);
	const pointer = rules === undefined ? '' : at;
	const legacy = controllerPlace(target, 'devices');
	if (legacy !== undefined) {
		const { writes, faults } = deviceList(policy);
		if (faults.length > 0) throw new ConfigError('ERR_HOST_UNSUPPORTED', 'config.json', faults);
		// Everything is what the cgroup above allows, which the kernel says by EPERM where that is less.
		const tolerated = powerless ? refusals : allowsEverything(policy) ? ['EPERM'] : [];
		const details = tolerated.length === 0 ? {} : { tolerated };
		const listed = writes.map((one) =>
			write(`${legacy.directory}/${one.file}`, one.value, one.pointer || pointer, details),
		);
		yield host('write_cgroup', { writes: listed }, pointer);
		return;
	}
	// What the cgroups above forbid stays forbidden: with nothing of our own to forbid, there is nothing to do.
	if (allowsEverything(policy)) return;
	const directory = target.directories.unified;
	if (directory !== undefined) {
		if (deviceProgram(policy) === undefined) {
			const message = `has ${policy.rules.length} rules, more than one program can hold`;
			throw new ConfigError('ERR_HOST_UNSUPPORTED', 'config.json', [{ pointer, message }]);
		}
		yield host('restrict_devices', { directory, policy, tolerated: powerless ? refusals : [] }, pointer);
		return;
	}
	const message = missingController(target.layout, 'devices');
	if (!powerless && target.layout.mode !== 'none') {
		throw new ConfigError('ERR_HOST_UNSUPPORTED', 'config.json', [{ pointer, message }]);
	}
	warn(`the use of devices is not restricted: it ${message}`, pointer);
}
