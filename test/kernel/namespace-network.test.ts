import { inside } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

describeWith([root, busybox], 'a new network namespace', () => {
	test('has its loopback up and nothing else', async () => {
		const output = await inside('ip -o link; ip -o addr show lo');
		expect(output).toMatch(/^1: lo: <LOOPBACK,UP,LOWER_UP>/);
		expect(output).toMatch(/inet 127\.0\.0\.1\/8/);
		expect(output.match(/^\d+: /gm)?.every((prefix) => prefix === '1: ')).toBe(true);
	});

	test('lets a program talk to itself', async () => {
		const script = 'nc -l -p 8080 < /etc/passwd & until nc 127.0.0.1 8080 </dev/null 2>/dev/null; do :; done';
		expect(await inside(script)).toContain('root:x:0:0');
	});

	test('in a user namespace, too', async () => {
		const output = await inside('ip -o link show lo', (config) => {
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		expect(output).toMatch(/<LOOPBACK,UP,LOWER_UP>/);
	});
});
