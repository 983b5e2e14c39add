import { readFileSync, writeFileSync } from 'node:fs';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { inside, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

// 2^64 - 1, which a number of JavaScript cannot hold, stands for no limit.
const unlimited = 18446744073709551615n;

describeWith([root, busybox], 'process.rlimits', () => {
	test.each([
		['RLIMIT_CPU', 'Max cpu time', 100, 200],
		['RLIMIT_FSIZE', 'Max file size', 1048576, 2097152],
		['RLIMIT_DATA', 'Max data size', 100000000, 200000000],
		['RLIMIT_STACK', 'Max stack size', 4194304, 8388608],
		['RLIMIT_CORE', 'Max core file size', 0, 0],
		['RLIMIT_RSS', 'Max resident set', 300000000, 400000000],
		['RLIMIT_NPROC', 'Max processes', 100, 100],
		['RLIMIT_NOFILE', 'Max open files', 64, 128],
		['RLIMIT_MEMLOCK', 'Max locked memory', 4096, 4096],
		['RLIMIT_AS', 'Max address space', 500000000, 600000000],
		['RLIMIT_LOCKS', 'Max file locks', 5, 6],
		['RLIMIT_SIGPENDING', 'Max pending signals', 7, 8],
		['RLIMIT_MSGQUEUE', 'Max msgqueue size', 4096, 8192],
		['RLIMIT_NICE', 'Max nice priority', 0, 0],
		['RLIMIT_RTPRIO', 'Max realtime priority', 0, 0],
		['RLIMIT_RTTIME', 'Max realtime timeout', 1000000, 2000000],
	])('%s', async (type, title, soft, hard) => {
		const output = await inside(`grep '^${title}' /proc/self/limits`, (config) => {
			config.process['rlimits'] = [{ type, soft, hard }];
		});
		const [seenSoft, seenHard] = output.slice(title.length).trim().split(/\s+/);
		expect([seenSoft, seenHard]).toEqual([String(soft), String(hard)]);
	});

	test('2^64-1 is unlimited, and not a number nearby', async () => {
		const box = bundle((config) => {
			config.process.args = ['grep', '^Max file locks', '/proc/self/limits'];
			config.process['rlimits'] = 'PLACE';
		});
		const limit = `[{"type": "RLIMIT_LOCKS", "soft": ${unlimited}, "hard": ${unlimited}}]`;
		const path = `${box.path}/config.json`;
		writeFileSync(path, readFileSync(path, 'utf8').replace('"PLACE"', limit));
		expect((await run(box.path)).stdout).toMatch(/unlimited\s+unlimited/);
	});

	test('without them the limits are those of the caller', async () => {
		const output = await inside("grep '^Max open files' /proc/self/limits", (config) => {
			delete config.process['rlimits'];
		});
		expect(readFileSync('/proc/self/limits', 'utf8')).toContain(output);
	});

	test('one that the kernel refuses says which', async () => {
		const box = scriptBundle('true', (config) => {
			config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', soft: 4294967296, hard: 4294967296 }];
		});
		const error = await failureOf(run(box.path));
		expect(error).toMatchObject({ code: 'ERR_STEP_FAILED', pointer: '/process/rlimits', errno: 'EPERM' });
		expect(error.message).toContain('RLIMIT_NOFILE');
	});

	test('hold in a user namespace, too', async () => {
		const output = await inside("grep '^Max open files' /proc/self/limits", (config) => {
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
			config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', soft: 77, hard: 88 }];
		});
		expect(output).toMatch(/77\s+88/);
	});
});

describeWith([root, busybox], 'process.oomScoreAdj', () => {
	const own = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));

	test('is written', async () => {
		const output = await inside('cat /proc/self/oom_score_adj', (config) => {
			config.process['oomScoreAdj'] = Math.min(own + 123, 1000);
		});
		expect(output).toBe(String(Math.min(own + 123, 1000)));
	});

	test('is not touched where it is not set', async () => {
		expect(await inside('cat /proc/self/oom_score_adj')).toBe(String(own));
	});
});
