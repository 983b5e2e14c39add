import { escapePart } from '../../spec/pointer.js';
import type { Shape } from '../shape.js';
import { barriers, host, init, type Step } from '../step.js';

/**
 * The host's network devices that become the container's (config-linux.md, "Network Devices"), while init waits in its
 * network namespace: before sysctls and hooks, which may be about them.
 */
export function* networkDeviceStage({ spec }: Shape): Generator<Step> {
	const devices = Object.entries(spec.linux?.netDevices ?? {});
	if (devices.length === 0) return;
	const at = '/linux/netDevices';
	yield init('barrier', { id: barriers.settled }, at);
	for (const [name, device] of devices) {
		// Other runtimes hand on an empty name as none.
		yield host('move_network_device', { name, as: device.name || name }, `${at}/${escapePart(name)}`);
	}
	yield host('release', { id: barriers.settled });
}
