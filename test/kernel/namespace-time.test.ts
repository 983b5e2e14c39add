import { readFileSync } from 'node:fs';
import { inside } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const uptime = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);

describeWith([root, busybox], 'a new time namespace', () => {
	test('has the offsets that were asked for', async () => {
		const output = await inside('cat /proc/self/timens_offsets', (config) => {
			config.linux.namespaces.push({ type: 'time' });
			config.linux['timeOffsets'] = { monotonic: { secs: 172800, nanosecs: 5 }, boottime: { secs: 604800 } };
		});
		expect(output.split('\n').map((line) => line.split(/\s+/))).toEqual([
			['monotonic', '172800', '5'],
			['boottime', '604800', '0'],
		]);
	});

	test('shows them to its first process', async () => {
		const before = uptime();
		const output = await inside('cat /proc/uptime', (config) => {
			config.linux.namespaces.push({ type: 'time' });
			config.linux['timeOffsets'] = { boottime: { secs: 604800 } };
		});
		const shift = Number(output.split(' ')[0]) - before;
		expect(shift).toBeGreaterThanOrEqual(604800);
		expect(shift).toBeLessThan(604800 + 60);
	});

	test('can turn the clock back', async () => {
		const before = uptime();
		const output = await inside('cat /proc/uptime', (config) => {
			config.linux.namespaces.push({ type: 'time' });
			config.linux['timeOffsets'] = { boottime: { secs: -Math.floor(before / 2) } };
		});
		expect(Number(output.split(' ')[0])).toBeLessThan(before);
	});

	test('without offsets runs with the host', async () => {
		const output = await inside('cat /proc/self/timens_offsets', (config) => {
			config.linux.namespaces.push({ type: 'time' });
		});
		expect(output.match(/-?\d+/g)).toEqual(['0', '0', '0', '0']);
	});
});
