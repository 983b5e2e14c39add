import { type LimitGroup, type LimitRequest, together, write } from './limit.js';

/** Huge pages by their size: those that are used, and, where the kernel counts them (Linux 5.7), those reserved. */
export function* hugetlbLimits(request: LimitRequest): Generator<LimitGroup> {
	for (const [index, { pageSize, limit }] of (request.asked.hugepageLimits ?? []).entries()) {
		const pointer = `/hugepageLimits/${index}`;
		const place = request.place('hugetlb', pointer);
		if (place === undefined) return;
		const suffix = place.version === 1 ? 'limit_in_bytes' : 'max';
		const file = `${place.directory}/hugetlb.${pageSize}`;
		yield together([
			write(`${file}.${suffix}`, limit, `${pointer}/limit`),
			write(`${file}.rsvd.${suffix}`, limit, `${pointer}/limit`, { tolerated: ['ENOENT'] }),
		]);
	}
}
