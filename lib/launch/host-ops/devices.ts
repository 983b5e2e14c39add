import { native } from '../../native/index.js';
import { errnoOf, systemFailure } from '../../os/index.js';
import { deviceProgram, encodeInstructions } from '../../plan/resources/device-program.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

type Step = HostOperations['restrict_devices'];

// node:os tells it too, for a tenth of a millisecond of a program that lives for ten.
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** By policy, which the containers of one config share. */
const encoded = new WeakMap<Step['policy'], Uint8Array>();

/** Does the slow part of {@link restrictDevices} while init is at work: the kernel takes 0.4 ms to verify a program. */
export function prepareDevices(step: Step): void {
	native().loadDeviceProgram(instructionsOf(step));
}

/** Which devices may be used in a cgroup of the unified hierarchy: by a program, there are no files for it. */
export function restrictDevices(launch: Launch, step: Step): void {
	const { directory, tolerated } = step;
	if (launch.unreachable.has(directory)) return;
	try {
		native().setDeviceProgram(directory, instructionsOf(step));
	} catch (cause) {
		if (tolerated.includes(errnoOf(cause) ?? '')) return;
		throw systemFailure(`cannot restrict the devices of ${directory}`, cause, { path: directory }, 'ERR_CGROUP');
	}
}

function instructionsOf({ policy }: Step): Uint8Array {
	const known = encoded.get(policy);
	if (known !== undefined) return known;
	const program = deviceProgram(policy);
	if (program === undefined) throw new RangeError('the device policy has too many rules for one program');
	const instructions = encodeInstructions(program, isLittleEndian);
	encoded.set(policy, instructions);
	return instructions;
}
