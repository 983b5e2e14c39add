import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LimitJournal } from '../../../lib/cgroup/journal.js';
import { writeLimits } from '../../../lib/cgroup/limits.js';
import type { CgroupWrite, WriteDetails } from '../../../lib/plan/resources/limit.js';

// Plain files stand for those of a cgroup: they take every value, so that refusals are those of missing files.
let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-limits-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
const text = (name: string) => readFileSync(join(folder, name), 'utf8');
const to = (name: string, value: string, details: WriteDetails = {}): CgroupWrite => {
	return { file: join(folder, name), value, pointer: `/${name}`, ...details };
};

describe('writing limits', () => {
	test('a file that is missing is not made', () => {
		put('a', '');
		expect(() => writeLimits([to('a', '1'), to('b', '2')])).toThrow(
			expect.objectContaining({ code: 'ERR_CGROUP', errno: 'ENOENT', pointer: '/b', path: join(folder, 'b') }),
		);
		expect(text('a')).toBe('1');
		expect(() => text('b')).toThrow(/ENOENT/);
	});

	test('a missing file that may be missing, and one with another in its place', () => {
		put('bfq.weight', '');
		const otherwise = { file: join(folder, 'bfq.weight'), value: '8' };
		writeLimits([to('rsvd', '1', { tolerated: ['ENOENT'] }), to('weight', '7', { otherwise })]);
		expect(text('bfq.weight')).toBe('8');
	});

	test('another value after a refusal that is named, and after no other', () => {
		put('a', '');
		const instead = (after: string) => ({ otherwise: { file: join(folder, 'a'), value: '0-3', after } });
		writeLimits([{ file: '/proc/self/exe', value: '\n', pointer: '', ...instead('ELOOP') }]);
		expect(text('a')).toBe('0-3');
		expect(() => writeLimits([to('missing', '1', instead('ENOSPC'))])).toThrow(
			expect.objectContaining({ errno: 'ENOENT' }),
		);
	});

	test('a link is not followed', () => {
		expect(() => writeLimits([{ file: '/proc/self/exe', value: '', pointer: '' }])).toThrow(
			expect.objectContaining({ errno: 'ELOOP' }),
		);
	});

	test.each([
		['100', 'memory', [60n, 40n]],
		['99', 'memory+swap', [60n, 40n]],
	])('a limit of %s is refused when so much is in use', (limit, of, used) => {
		put('max', 'max');
		const current = used.map((bytes, index) => {
			put(`current-${index}`, `${bytes}\n`);
			return join(folder, `current-${index}`);
		});
		// Swap that a kernel does not count is none.
		current.push(join(folder, 'missing'));
		const usage = { of, limit, current, peak: null, refuse: true };
		expect(() => writeLimits([to('max', limit, { usage })])).toThrow(`rejecting ${of} limit ${limit} <= usage 100`);
		expect(text('max')).toBe('max');
		writeLimits([to('max', '101', { usage: { ...usage, limit: '101' } })]);
		expect(text('max')).toBe('101');
	});
});

describe('the journal', () => {
	const change = (journal: LimitJournal, ...writes: CgroupWrite[]) =>
		writeLimits(writes, (write, file) => journal.remember(write, file));

	test('puts back the first value that it has seen, once', () => {
		put('a', 'old\n');
		const journal = new LimitJournal();
		change(journal, to('a', 'new'), to('a', 'newer'));
		expect(journal.rollBack()).toEqual([]);
		expect(text('a').startsWith('old')).toBe(true);
		put('a', 'later');
		expect(journal.rollBack()).toEqual([]);
		expect(text('a')).toBe('later');
	});

	test('puts back the line of a table, or takes it away, or its value alone', () => {
		put('throttle', '8:0 100\n8:16 200\n');
		put('throttle2', '8:0 100\n');
		put('oom_control', 'under_oom 0\noom_kill_disable 1\n');
		const journal = new LimitJournal();
		change(
			journal,
			to('throttle', '8:16 1', { entry: { key: '8:16', absent: '8:16 0' } }),
			to('throttle2', '8:1 1', { entry: { key: '8:1', absent: '8:1 0' } }),
			to('oom_control', '0', { entry: { key: 'oom_kill_disable', absent: '0', bare: true } }),
		);
		put('throttle', '');
		put('throttle2', '');
		put('oom_control', '');
		expect(journal.rollBack()).toEqual([]);
		expect([text('throttle'), text('throttle2'), text('oom_control')]).toEqual(['8:16 200', '8:1 0', '1']);
	});

	test('puts back that there was nothing', () => {
		put('cpuset.cpus', '\n');
		const journal = new LimitJournal();
		change(journal, to('cpuset.cpus', '0'));
		expect(journal.rollBack()).toEqual([]);
		// An empty write would be none.
		expect(text('cpuset.cpus')).toBe('\n');
	});

	test('puts back what the kernel changes along', () => {
		put('idle', '0\n');
		put('weight', '59\n');
		const journal = new LimitJournal();
		change(journal, to('idle', '1', { disturbs: [join(folder, 'weight')] }));
		put('weight', '0');
		expect(journal.rollBack()).toEqual([]);
		expect(text('weight').startsWith('59')).toBe(true);
	});

	test('forgets a write that was refused, and reports what cannot be put back', () => {
		put('a', 'old');
		const journal = new LimitJournal();
		expect(() => change(journal, to('a', 'new'), to('missing', '1'))).toThrow();
		rmSync(join(folder, 'a'));
		expect(journal.rollBack()).toEqual([expect.objectContaining({ errno: 'ENOENT', path: join(folder, 'a') })]);
	});
});
