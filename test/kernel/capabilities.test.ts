import { bundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { inside, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

// linux/capability.h
const numbers = { CAP_CHOWN: 0, CAP_KILL: 5, CAP_SETUID: 7, CAP_NET_BIND_SERVICE: 10, CAP_AUDIT_WRITE: 29 } as const;
const bits = (...names: (keyof typeof numbers)[]) =>
	names.reduce((sum, name) => sum | (1n << BigInt(numbers[name])), 0n);

interface Sets {
	inheritable: bigint;
	permitted: bigint;
	effective: bigint;
	bounding: bigint;
	ambient: bigint;
}

const script = "grep '^Cap' /proc/self/status | cut -f2";

function parseSets(output: string): Sets {
	const [inheritable = 0n, permitted = 0n, effective = 0n, bounding = 0n, ambient = 0n] = output
		.trim()
		.split('\n')
		.map((line) => BigInt(`0x${line}`));
	return { inheritable, permitted, effective, bounding, ambient };
}

async function setsWith(capabilities: Record<string, string[]> | undefined, uid = 0): Promise<Sets> {
	return parseSets(await inside(script, edit(capabilities, uid)));
}

const edit = (capabilities: Record<string, string[]> | undefined, uid: number) => (config: Config) => {
	config.process.user = { uid, gid: uid };
	if (capabilities === undefined) delete config.process['capabilities'];
	else config.process['capabilities'] = capabilities;
};

describeWith([root, busybox], 'process.capabilities', () => {
	const three = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'];
	const threeBits = bits('CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE');

	test('of root: what execve(2) gives is bounded', async () => {
		expect(await setsWith({ bounding: three, effective: three, permitted: three })).toEqual({
			inheritable: 0n,
			permitted: threeBits,
			effective: threeBits,
			bounding: threeBits,
			ambient: 0n,
		});
	});

	test('of another user: none but ambient ones survive execve(2)', async () => {
		const sets = { bounding: three, effective: three, permitted: three };
		expect(await setsWith(sets, 1000)).toEqual({
			inheritable: 0n,
			permitted: 0n,
			effective: 0n,
			bounding: threeBits,
			ambient: 0n,
		});
		expect(await setsWith({ ...sets, inheritable: three, ambient: ['CAP_KILL'] }, 1000)).toEqual({
			inheritable: threeBits,
			permitted: bits('CAP_KILL'),
			effective: bits('CAP_KILL'),
			bounding: threeBits,
			ambient: bits('CAP_KILL'),
		});
	});

	test('each of the five sets by itself', async () => {
		const sets = await setsWith(
			{
				bounding: ['CAP_CHOWN', 'CAP_KILL', 'CAP_SETUID'],
				permitted: ['CAP_KILL', 'CAP_SETUID'],
				effective: ['CAP_KILL'],
				inheritable: ['CAP_KILL', 'CAP_SETUID'],
				ambient: ['CAP_SETUID'],
			},
			1000,
		);
		expect(sets).toEqual({
			inheritable: bits('CAP_KILL', 'CAP_SETUID'),
			permitted: bits('CAP_SETUID'),
			effective: bits('CAP_SETUID'),
			bounding: bits('CAP_CHOWN', 'CAP_KILL', 'CAP_SETUID'),
			ambient: bits('CAP_SETUID'),
		});
	});

	test('empty: none at all', async () => {
		expect(await setsWith({})).toEqual({ inheritable: 0n, permitted: 0n, effective: 0n, bounding: 0n, ambient: 0n });
	});

	test('absent: root has those of the caller, and none of them is inheritable', async () => {
		const sets = await setsWith(undefined);
		expect(sets.effective).toBe(sets.bounding);
		expect(sets.effective & threeBits).toBe(threeBits);
		expect(sets.ambient).toBe(0n);
	});

	test('unknown names, and what cannot be granted, are warned of and left out', async () => {
		const names = ['CAP_KILL', 'CAP_TIME_TRAVEL'];
		const box = bundle((config) => {
			config.process.args = ['sh', '-c', script];
			edit({ bounding: names, effective: names, permitted: names, ambient: ['CAP_CHOWN'] }, 0)(config);
		});
		const { stdout, warnings } = await run(box.path);
		expect(parseSets(stdout)).toMatchObject({ effective: bits('CAP_KILL'), ambient: 0n });
		expect(warnings).toContainEqual({
			pointer: '/process/capabilities',
			message: 'CAP_TIME_TRAVEL is not a capability of this kernel and is left out of bounding, effective, permitted',
		});
		expect(warnings).toContainEqual(expect.objectContaining({ pointer: '/process/capabilities' }));
	});

	test('in a user namespace every one can be had', async () => {
		const all = ['CAP_SYS_ADMIN', 'CAP_SYS_RESOURCE'];
		const output = await inside(script, (config) => {
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
			edit({ bounding: all, effective: all, permitted: all }, 0)(config);
		});
		expect(parseSets(output).effective).toBe((1n << 21n) | (1n << 24n));
	});
});

describeWith([root, busybox], 'process.noNewPrivileges', () => {
	test.each([
		[true, '1'],
		[false, '0'],
		[undefined, '0'],
	])('%s', async (value, seen) => {
		const output = await inside('grep NoNewPrivs /proc/self/status | cut -f2', (config) => {
			if (value === undefined) delete config.process['noNewPrivileges'];
			else config.process['noNewPrivileges'] = value;
		});
		expect(output).toBe(seen);
	});
});
