import { native, OwnedFd } from '../../native/index.js';
import { errnoOf, systemFailure } from '../../os/index.js';
import { deviceProgram, encodeInstructions } from '../../plan/resources/device-program.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

// node:os tells it too, for a tenth of a millisecond of a program that lives for ten.
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The program of {@link restrictDevices}, made while init is at work: the kernel takes 0.4 ms to verify it. */
export function loadProgram({ policy }: HostOperations['restrict_devices']): OwnedFd {
	const program = deviceProgram(policy);
	if (program === undefined) throw new RangeError('the device policy has too many rules for one program');
	return new OwnedFd(native().loadDeviceProgram(encodeInstructions(program, isLittleEndian)));
}

/** Which devices may be used in a cgroup of the unified hierarchy: by a program, there are no files for it. */
export function restrictDevices(launch: Launch, step: HostOperations['restrict_devices']): void {
	const { directory, tolerated } = step;
	if (launch.unreachable.has(directory)) return;
	try {
		using program = launch.takeDeviceProgram() ?? loadProgram(step);
		native().setDeviceProgram(directory, program.number);
	} catch (cause) {
		if (tolerated.includes(errnoOf(cause) ?? '')) return;
		throw systemFailure(`cannot restrict the devices of ${directory}`, cause, { path: directory }, 'ERR_CGROUP');
	}
}
