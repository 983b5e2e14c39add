import { alone, type LimitGroup, type LimitRequest } from './limit.js';

/** The class of packets, and their priority by interface: controllers that v1 alone has. */
export function* networkLimits(request: LimitRequest): Generator<LimitGroup> {
	const { classID, priorities = [] } = request.asked.network ?? {};
	if (request.mode === 'unified') {
		if (classID || priorities.length > 0) {
			const message =
				'cannot be had on cgroup v2, which has no net_cls and no net_prio; match the cgroup in the packet filter';
			request.refuse(message, '/network');
		}
		return;
	}
	// 0 is the class of everybody who was given none.
	if (classID !== undefined && classID !== 0) {
		const place = request.place('net_cls', '/network/classID');
		if (place !== undefined) yield alone(`${place.directory}/net_cls.classid`, classID, '/network/classID');
	}
	for (const [index, { name, priority }] of priorities.entries()) {
		const pointer = `/network/priorities/${index}`;
		const place = request.place('net_prio', pointer);
		if (place === undefined) return;
		yield alone(`${place.directory}/net_prio.ifpriomap`, `${name} ${priority}`, pointer, {
			entry: { key: name, absent: `${name} 0` },
		});
	}
}
