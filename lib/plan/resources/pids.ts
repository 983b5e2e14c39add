import { alone, type LimitGroup, type LimitRequest } from './limit.js';

/** How many processes and threads there may be. */
export function* pidsLimits(request: LimitRequest): Generator<LimitGroup> {
	const limit = request.asked.pids?.limit;
	if (limit === undefined) return;
	const place = request.place('pids', '/pids/limit');
	if (place === undefined) return;
	// With 0 as with 1 the container's process can make no other one, but systemd's TasksMax= has no 0: the value in
	// the file is the same whoever writes it.
	const value = limit < 0n ? 'max' : limit === 0n ? '1' : String(limit);
	yield alone(`${place.directory}/pids.max`, value, '/pids/limit');
}
