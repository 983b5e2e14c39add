import { reasonOf, versionText } from '../../../lib/criu/answer-text.js';
import { encodeMessage, Message } from '../../../lib/criu/protobuf.js';
import {
	encodeFeatureCheck,
	encodeNotified,
	encodeVersionRequest,
	encodeWork,
	requestTypes,
} from '../../../lib/criu/request.js';
import { decodeResponse } from '../../../lib/criu/response.js';

const optionsOf = (request: Buffer) => new Message(request).message(2);

describe('requests', () => {
	test('types, and a conversation that goes on', () => {
		expect(new Message(encodeVersionRequest()).number(1)).toBe(requestTypes.version);
		expect(new Message(encodeVersionRequest()).flag(4)).toBe(true);
		const check = new Message(encodeFeatureCheck('lazyPages'));
		expect([check.number(1), check.flag(4), check.message(5)?.flag(2)]).toEqual([9, true, true]);
		const notified = new Message(encodeNotified(false));
		expect([notified.number(1), notified.number(3)]).toEqual([6, 0]);
	});

	test('what is always asked for', () => {
		const options = optionsOf(encodeWork('dump', { imagesDirectory: 7, logFile: 'dump.log' }));
		expect([options?.number(1), options?.number(9), options?.text(10)]).toEqual([7, 4, 'dump.log']);
		// Notifications, and terminals that lead outside.
		expect([options?.flag(12), options?.flag(50)]).toEqual([true, true]);
		for (const field of [2, 3, 4, 5, 7, 8, 11, 13, 14, 17, 23, 25, 27, 34, 37, 38, 39, 44, 51, 53, 63, 64]) {
			expect([field, options?.number(field), options?.text(field)]).toEqual([field, undefined, undefined]);
		}
	});

	test('every option has its field', () => {
		const options = optionsOf(
			encodeWork('restore', {
				imagesDirectory: 7,
				workDirectory: 8,
				logFile: 'restore.log',
				pid: 42,
				root: '/root',
				leaveRunning: true,
				tcpEstablished: true,
				tcpSkipInFlight: true,
				tcpClose: true,
				linkRemap: true,
				externalUnixSockets: true,
				shellJob: true,
				fileLocks: true,
				autoDedup: true,
				lazyPages: true,
				emptyNamespaces: 0x4000_0000,
				parentImages: '../before',
				trackMemory: true,
				pageServer: { address: '::1', port: 4000 },
				freezeCgroup: '/sys/fs/cgroup/x',
				cgroupMode: 'ignore',
				cgroupHierarchies: ['cpu,cpuacct'],
				cgroupRoots: [{ controller: '', path: '/tsrun-x' }],
				externalMounts: new Map([['/a', '/b']]),
				external: ['net[1]:extRootNetNS'],
				inherited: new Map([['pipe:[5]', 1]]),
				joinedNamespaces: [{ name: 'ipc', path: '/proc/1/ns/ipc' }],
				asSibling: true,
				evasiveDevices: true,
				configFile: '/etc/criu/runc.conf',
				lsmProfile: 'apparmor:x',
				lsmMountContext: 'c',
				networkLock: 'skip',
			}),
		);
		for (const flag of [3, 4, 5, 6, 7, 8, 12, 15, 16, 18, 24, 26, 46, 48, 50, 52]) {
			expect([flag, options?.flag(flag)]).toEqual([flag, true]);
		}
		const numbers = { 1: 7, 2: 42, 17: 8, 34: 0, 38: 0x4000_0000, 64: 3 };
		for (const [field, value] of Object.entries(numbers)) expect(options?.number(Number(field))).toBe(value);
		const texts = {
			13: '/root',
			14: '../before',
			37: 'net[1]:extRootNetNS',
			43: 'cpu,cpuacct',
			44: '/sys/fs/cgroup/x',
			51: '/etc/criu/runc.conf',
		};
		for (const [field, value] of Object.entries(texts)) expect(options?.text(Number(field))).toBe(value);
		expect([options?.text(53), options?.text(63)]).toEqual(['apparmor:x', 'c']);
		const pairs = {
			11: ['::1', 4000],
			23: ['/a', '/b'],
			25: ['', '/tsrun-x'],
			27: ['pipe:[5]', 1],
			39: ['ipc', '/proc/1/ns/ipc'],
		};
		for (const [field, [first, second]] of Object.entries(pairs)) {
			const pair = options?.message(Number(field));
			expect([pair?.text(1), typeof second === 'number' ? pair?.number(2) : pair?.text(2)]).toEqual([first, second]);
		}
	});
});

describe('answers', () => {
	const answer = (...fields: Parameters<typeof encodeMessage>[0]) => decodeResponse(encodeMessage(fields));

	test('success, failure and its reason', () => {
		expect(answer([1, 1], [2, true])).toMatchObject({ type: 1, success: true, notification: undefined, errno: 0 });
		expect(reasonOf(answer([1, 1], [2, false], [7, 13]))).toBe('EACCES');
		expect(reasonOf(answer([1, 1], [2, false], [7, 13], [9, 'no way\n']))).toBe('no way');
		expect(reasonOf(answer([1, 1], [2, false]))).toBe('');
	});

	test('a notification', () => {
		const notify = encodeMessage([
			[1, 'setup-namespaces'],
			[2, 42],
		]);
		expect(answer([1, 6], [2, true], [5, notify]).notification).toEqual({ script: 'setup-namespaces', pid: 42 });
	});

	test.each([
		[[3, 17], 31_700, '3.17'],
		[[3, 17, 1], 31_701, '3.17.1'],
		[[4, 2], 40_200, '4.2'],
	])('version %j', ([major = 0, minor = 0, sublevel], number, text) => {
		const version = encodeMessage([
			[1, major],
			[2, minor],
			[4, sublevel],
		]);
		expect(answer([1, 10], [2, true], [10, version]).version).toBe(number);
		expect(versionText(number)).toBe(text);
	});

	test('a version between two releases counts as the next one', () => {
		const version = encodeMessage([
			[1, 3],
			[2, 14],
			[3, 'v3.14-12-gabcdef'],
		]);
		expect(answer([1, 10], [2, true], [10, version]).version).toBe(31_500);
	});

	test('features', () => {
		expect(answer([1, 9], [2, true], [8, encodeMessage([[1, true]])]).features).toEqual({
			memoryTracking: true,
			lazyPages: false,
		});
	});

	test('nonsense', () => {
		expect(() => decodeResponse(Buffer.from('ffff', 'hex'))).toThrow(
			expect.objectContaining({
				code: 'ERR_CRIU',
				message: 'CRIU answers 2 bytes that are no message of its protocol',
			}),
		);
	});
});
