import { escapePart } from '../../spec/pointer.js';
import { alone, type LimitGroup, type LimitRequest } from './limit.js';

/** Handles and objects of RDMA devices; both versions of cgroups have the one file. */
export function* rdmaLimits(request: LimitRequest): Generator<LimitGroup> {
	for (const [device, { hcaHandles, hcaObjects }] of Object.entries(request.asked.rdma ?? {})) {
		const pointer = `/rdma/${escapePart(device)}`;
		const place = request.place('rdma', pointer);
		if (place === undefined) return;
		const limits = [
			...(hcaHandles === undefined ? [] : [`hca_handle=${hcaHandles}`]),
			...(hcaObjects === undefined ? [] : [`hca_object=${hcaObjects}`]),
		];
		yield alone(`${place.directory}/rdma.max`, `${device} ${limits.join(' ')}`, pointer, {
			entry: { key: device, absent: `${device} hca_handle=max hca_object=max` },
		});
	}
}
