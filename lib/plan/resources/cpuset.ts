import { type LimitGroup, type LimitRequest, together, write } from './limit.js';

/** Processors and memory nodes. A v1 cpuset without them takes no process, so they are there before one enters. */
export function* cpusetLimits(request: LimitRequest): Generator<LimitGroup> {
	for (const name of ['cpus', 'mems'] as const) {
		const list = request.asked.cpu?.[name];
		if (list === undefined) continue;
		const pointer = `/cpu/${name}`;
		const place = request.place('cpuset', pointer);
		if (place === undefined) return;
		const { directory, version } = place;
		// A v1 cpuset hierarchy can be mounted with `noprefix`, as Android does (cpuset(7)).
		const otherwise = version === 1 ? { otherwise: { file: `${directory}/${name}`, value: list } } : {};
		yield together([write(`${directory}/cpuset.${name}`, list, pointer, otherwise)], { beforeEntry: true });
	}
}
