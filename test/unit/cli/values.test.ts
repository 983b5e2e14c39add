import { userOf } from '../../../cli/exec-user.js';
import { exitStatusOf } from '../../../cli/exit-code.js';
import { nearest } from '../../../cli/nearest.js';
import { selectProcesses } from '../../../cli/process-table.js';
import { sizeOf } from '../../../cli/size.js';

describe('exit status', () => {
	test.each([
		[{ code: 0, signal: null }, 0],
		[{ code: 37, signal: null }, 37],
		[{ code: null, signal: 9 }, 137],
		[{ code: null, signal: 15 }, 143],
	])('%j', (ending, status) => {
		expect(exitStatusOf(ending)).toBe(status);
	});
});

describe('exec --user and --additional-gids', () => {
	test.each([
		['1000', [], { uid: 1000 }],
		['1000:100', [], { uid: 1000, gid: 100 }],
		['0:0', ['5', '6'], { uid: 0, gid: 0, additionalGids: [5, 6] }],
		['4294967294', [], { uid: 4294967294 }],
	])('%s %j', (user, gids, expected) => {
		expect(userOf(user, gids)).toEqual({ user: expected });
	});

	test('groups alone leave the user alone', () => {
		expect(userOf(undefined, ['5'])).toEqual({ user: { additionalGids: [5] } });
		expect(userOf(undefined, [])).toEqual({});
		expect(userOf('', [])).toEqual({});
	});

	// Every one of these was user 0 for a parser that stops at the first character that is no digit (CVE-2026-30892).
	test.each([
		'1x',
		'x',
		'root',
		' 1',
		'1 ',
		'+1',
		'-1',
		'0x10',
		'1e3',
		'1.0',
		'١',
		'4294967295',
		'4294967296',
		'99999999999',
		':',
		':5',
		'5:',
		'1:2:3',
		'1:x',
	])('--user %j is refused', (user) => {
		expect(() => userOf(user, [])).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
	});

	test('--additional-gids is as strict', () => {
		expect(() => userOf(undefined, ['5,6'])).toThrow(/invalid id "5,6" for --additional-gids/);
	});
});

describe('sizes', () => {
	test.each([
		['0', 0n],
		['1024', 1024n],
		['-1', -1n],
		['512m', 512n << 20n],
		['512M', 512n << 20n],
		['64KiB', 65536n],
		['1.5g', 3n << 29n],
		['2gb', 2n << 30n],
		['9007199254740993', 9007199254740993n],
	])('%s', (text, bytes) => {
		expect(sizeOf(text)).toBe(bytes);
	});

	test.each(['', 'm', '-2', '1x', '1 mm', '0x1', '1,5g', 'NaN'])('%j is none', (text) => {
		expect(sizeOf(text)).toBeUndefined();
	});
});

describe('the word that was meant', () => {
	const verbs = ['create', 'delete', 'kill', 'list', 'ps'];
	test.each([
		['kil', 'kill'],
		['craete', 'create'],
		['delte', 'delete'],
		['xyz', undefined],
		['', undefined],
	])('%s', (word, meant) => {
		expect(nearest(word, verbs)).toBe(meant);
	});
});

describe('ps', () => {
	const output =
		'UID          PID    PPID CMD\nroot           1       0 init\nroot          42       1 sh -c 1\nroot         142      42 sleep\n';

	test('keeps the header and the lines of the pids', () => {
		expect(selectProcesses(output, [42])).toBe('UID          PID    PPID CMD\nroot          42       1 sh -c 1\n');
	});

	test('a header alone when the container has no process', () => {
		expect(selectProcesses(output, [])).toBe('UID          PID    PPID CMD\n');
	});

	test('without a PID column the lines cannot be told apart', () => {
		expect(() => selectProcesses('CMD\nsh\n', [1])).toThrow(/no PID column/);
	});
});
