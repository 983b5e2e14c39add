import type { Engine } from '../../../lib/lifecycle/engine.js';
import { UnitChange } from '../../../lib/lifecycle/unit-change.js';
import type { Resources } from '../../../lib/spec/index.js';
import type { ContainerRecord } from '../../../lib/state/index.js';
import { Peer } from '../dbus/peer.js';

const values: Readonly<Record<string, string>> = { Version: '257', ControlGroup: '/user.slice' };

/** A systemd that has two properties to ask for, and takes every other call. */
const systemd = () =>
	Peer.listen(({ member, body }) =>
		member === 'Get' ? { signature: 'v', body: [{ signature: 's', value: values[String(body[1])] ?? '' }] } : {},
	);

/** Of an engine and a record, which have much more, what a change of a unit looks at. */
const engine = ({ path }: Peer) =>
	({
		facts: () => ({ euid: 1000, inUserNamespace: false, cgroup: { mode: 'unified' } }),
		environment: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` },
	}) as unknown as Engine;
const record = { cgroup: { unit: 'web.scope' } } as unknown as ContainerRecord;

const told = ({ calls }: Peer) =>
	calls
		.filter(({ member }) => member === 'SetUnitProperties')
		.map(({ body: [, , list] }) =>
			(list as [string, { value: unknown }][]).map(([name, { value }]) => [name, value] as const),
		);

const weights = (...list: [minor: number, weight: number][]): Resources => ({
	blockIO: { weightDevice: list.map(([minor, weight]) => ({ major: 8, minor, weight })) },
});

test('a list of devices is put back as it was, without those that the change added', async () => {
	await using peer = await systemd();
	using change = await UnitChange.open(engine(peer), record);
	expect(await change?.apply(weights([0, 10]), weights([0, 10], [16, 1000]))).toBe(true);
	expect(await change?.rollBack()).toEqual([]);
	const name = 'IODeviceWeight';
	expect(told(peer)).toEqual([
		[
			[
				name,
				[
					['/dev/block/8:0', 1n],
					['/dev/block/8:16', 10_000n],
				],
			],
		],
		[
			[name, []],
			[name, [['/dev/block/8:0', 1n]]],
		],
	]);
});

test('what had no value gets none again', async () => {
	await using peer = await systemd();
	using change = await UnitChange.open(engine(peer), record);
	await change?.apply({ pids: { limit: 5n } }, { pids: { limit: 6n }, cpu: { shares: 1024n, cpus: '1' } });
	expect(await change?.rollBack()).toEqual([]);
	expect(told(peer).at(-1)).toEqual(
		expect.arrayContaining([
			['TasksMax', 5n],
			['CPUWeight', 2n ** 64n - 1n],
			['AllowedCPUs', []],
		]),
	);
});

test('nothing is said of what stays', async () => {
	await using peer = await systemd();
	using change = await UnitChange.open(engine(peer), record);
	expect(await change?.apply({ pids: { limit: 5n } }, { pids: { limit: 5n } })).toBe(false);
	expect(await change?.rollBack()).toEqual([]);
	expect(told(peer)).toEqual([]);
});
