import { scriptBundle } from '../harness/bundle.js';
import { type CliResult, tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { eventually } from '../harness/eventually.js';
import { shellHook } from '../harness/hooks.js';
import { TestNetwork, vethDevices } from '../harness/network.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

interface NetDevices {
	readonly [host: string]: { readonly name?: string };
}

function run(
	network: TestNetwork,
	script: string,
	netDevices: NetDevices,
	edit: (config: Config) => void = () => {},
): Promise<CliResult> {
	const { path } = scriptBundle(script, (config) => {
		config.linux['netDevices'] = netDevices;
		edit(config);
	});
	return tsrun(['run', '--bundle', path, containerId()], { through: network.through });
}

const join = (path: string) => (config: Config) => {
	config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network');
	config.linux.namespaces.push({ type: 'network', path });
};

const show = 'ip -o link | cut -d: -f2; ip -o addr';

describeWith([root, busybox, vethDevices], 'network devices of the host', () => {
	test('become the container’s, up, with their addresses and their settings', async () => {
		await using network = await TestNetwork.make([
			'addr add 192.0.2.7/24 dev near',
			'addr add 2001:db8::7/64 dev near nodad',
			'addr add 127.0.0.33/8 dev near scope host',
			'addr add 192.0.2.8/32 peer 192.0.2.9 dev near',
			'link set near mtu 1387 address 02:00:00:00:00:42',
			'link set near up',
			'link set far up',
		]);
		const { status, stdout, stderr } = await run(network, `${show}; ip -o link show near`, { near: {} });
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toMatch(/^ near@/m);
		expect(stdout).toContain('inet 192.0.2.7/24 ');
		expect(stdout).toContain('inet 192.0.2.8 peer 192.0.2.9/32 ');
		expect(stdout).toContain('inet6 2001:db8::7/64 ');
		expect(stdout).not.toContain('127.0.0.33');
		expect(stdout).toContain('mtu 1387');
		expect(stdout).toContain('link/ether 02:00:00:00:00:42');
		expect(stdout).toMatch(/near@.*<BROADCAST,MULTICAST,UP,LOWER_UP/);
		// The kernel removes it with its namespace, and its other end with it.
		await eventually('both ends were gone', () => network.devices().join() === 'lo');
	});

	test('get another name', async () => {
		await using network = await TestNetwork.make();
		const devices = { near: { name: 'lan0' }, far: { name: '' } };
		expect((await run(network, show, devices)).stdout).toMatch(/^ lan0@far\n far@lan0|^ far@lan0\n lan0@far/m);
	});

	test('get the first number that is free, of a template', async () => {
		await using network = await TestNetwork.make();
		await using pod = await TestNetwork.make(['link set near name port0', 'link set far name port2']);
		const devices = { near: { name: 'port%d' }, far: { name: 'port%d' } };
		expect((await run(network, 'true', devices, join(pod.path))).status).toBe(0);
		expect(pod.devices().toSorted()).toEqual(['lo', 'port0', 'port1', 'port2', 'port3']);
	});

	test('stay in a network that lives on', async () => {
		await using network = await TestNetwork.make(['addr add 192.0.2.7/24 dev near']);
		await using pod = await TestNetwork.make(['link del near']);
		expect((await run(network, 'true', { near: {} }, join(pod.path))).status).toBe(0);
		expect(pod.ip('-o', 'addr', 'show', 'near')).toContain('192.0.2.7/24');
		expect(network.devices()).toEqual(['lo', 'far']);
	});

	test('in a user namespace, too', async () => {
		await using network = await TestNetwork.make(['addr add 192.0.2.7/24 dev near']);
		const { stdout } = await run(network, show, { near: {} }, (config) => {
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		expect(stdout).toContain('192.0.2.7/24');
	});

	test('are there for sysctls and for hooks', async () => {
		await using network = await TestNetwork.make();
		const { stdout } = await run(
			network,
			'cat /proc/sys/net/ipv4/conf/lan0/forwarding /said',
			{ near: { name: 'lan0' } },
			(config) => {
				config.linux['sysctl'] = { 'net.ipv4.conf.lan0.forwarding': '1' };
				config.hooks = { createContainer: [shellHook('ip -o link show lan0 | cut -d: -f2 > said')] };
				config.root.readonly = false;
			},
		);
		expect(stdout).toMatch(/^1\n lan0@/);
	});
});

describeWith([root, busybox, vethDevices], 'network devices that cannot be handed over', () => {
	const before = ['addr add 192.0.2.7/24 dev near', 'addr add 2001:db8::7/64 dev near nodad', 'link set near up'];

	test('come back as they were, when the container is not made', async () => {
		await using network = await TestNetwork.make(before);
		const failed = await run(network, 'true', { near: { name: 'lan0' } }, (config) => {
			config.hooks = { createRuntime: [shellHook('exit 3')] };
		});
		expect(failed.status).toBe(1);
		expect(network.devices().toSorted()).toEqual(['far', 'lo', 'near']);
		const addresses = network.ip('-o', 'addr', 'show', 'near');
		expect(addresses).toContain('192.0.2.7/24');
		expect(addresses).toContain('2001:db8::7/64');
		expect(network.ip('-o', 'link', 'show', 'near')).toMatch(/<[^>]*\bUP\b/);
	});

	test('come back when init dies with them', async () => {
		await using network = await TestNetwork.make(before);
		const failed = await run(network, 'true', { near: {} }, (config) => {
			config.process.args = ['/not/there'];
		});
		expect(failed).toMatchObject({ status: 1, stderr: expect.stringContaining('no such file or directory') });
		expect(network.ip('-o', 'addr', 'show', 'near')).toContain('2001:db8::7/64');
	});

	test('are named when they are not there, and those moved already come back', async () => {
		await using network = await TestNetwork.make(before);
		const { status, stderr } = await run(network, 'true', { near: {}, nowhere: {} });
		expect(status).toBe(1);
		expect(stderr).toContain('nowhere');
		expect(stderr).toContain('config.json');
		expect(network.ip('-o', 'addr', 'show', 'near')).toContain('192.0.2.7/24');
	});

	test('are refused when the name is taken', async () => {
		await using network = await TestNetwork.make(before);
		const { status, stderr } = await run(network, 'true', { near: { name: 'lo' } });
		expect({ status, stderr }).toEqual({
			status: 1,
			stderr: expect.stringContaining('the container has a device called lo already'),
		});
		expect(network.ip('-o', 'link', 'show', 'near')).toMatch(/<[^>]*\bUP\b/);
	});

	test('are refused by the kernel, in its words', async () => {
		await using network = await TestNetwork.make();
		const { status, stderr } = await run(network, 'true', { lo: { name: 'other0' } });
		expect(status).toBe(1);
		expect(stderr).toContain('cannot move the network device lo:');
		expect(network.devices()).toContain('lo');
	});

	test('are refused when the container has the runtime’s own network', async () => {
		await using network = await TestNetwork.make();
		const { status, stderr } = await run(network, 'true', { near: { name: 'lan0' } }, join(network.path));
		expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('would change the host') });
		expect(network.devices()).toContain('near');
	});
});
