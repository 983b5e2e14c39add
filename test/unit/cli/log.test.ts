import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatLine, openLog } from '../../../cli/log.js';

const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('json: the members containerd and Podman read, one object a line', () => {
	const line = formatLine('json', 'error', 'exec: "foo": executable file not found in $PATH\n', time);
	expect(line.endsWith('}\n')).toBe(true);
	expect(line.indexOf('\n')).toBe(line.length - 1);
	expect(JSON.parse(line)).toEqual({
		level: 'error',
		msg: 'exec: "foo": executable file not found in $PATH\n',
		time: '2026-01-02T03:04:05.678Z',
	});
});

test('text: key=value with the message quoted', () => {
	expect(formatLine('text', 'warning', 'no "x"', time)).toBe(
		'time="2026-01-02T03:04:05.678Z" level=warning msg="no \\"x\\""\n',
	);
});

test('the file is appended to, and made readable for the engine’s user', () => {
	const file = join(folder, 'log');
	const umask = process.umask(0o022);
	try {
		openLog({ file, format: 'text', level: 'warning' }).write('error', 'one');
	} finally {
		process.umask(umask);
	}
	openLog({ file, format: 'text', level: 'warning' }).write('error', 'two');
	expect(readFileSync(file, 'utf8').split('\n')).toEqual([
		expect.stringContaining('msg="one"'),
		expect.stringContaining('msg="two"'),
		'',
	]);
	expect(statSync(file).mode & 0o777).toBe(0o644);
});

test('lesser levels are left out', () => {
	const file = join(folder, 'log');
	writeFileSync(file, '');
	const log = openLog({ file, format: 'json', level: 'error' });
	log.write('warning', 'w');
	log.write('debug', 'd');
	expect(readFileSync(file, 'utf8')).toBe('');
	log.write('error', 'e');
	expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ msg: 'e' });
});

test('a log that cannot be opened is a failure of its own', () => {
	expect(() => openLog({ file: join(folder, 'none', 'log'), format: 'text', level: 'error' })).toThrow(
		expect.objectContaining({ code: 'ERR_SYSTEM', errno: 'ENOENT', path: join(folder, 'none', 'log') }),
	);
});
