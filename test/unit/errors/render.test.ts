import fc from 'fast-check';
import { ConfigError, oneLine, renderError, TsrunError } from '../../../lib/errors/index.js';

const where = { file: '/b/config.json', line: 3, column: 13 };
const failure = new TsrunError('ERR_STEP_FAILED', 'cannot mount proc at /proc: fsmount: operation not permitted', {
	pointer: '/mounts/0',
	where,
	step: 'mount proc at /proc',
	syscall: 'fsmount',
	errno: 'EPERM',
	path: '/proc',
	hint: 'Bind it.',
	containerId: 'web',
	cause: new Error('first'),
	also: [new Error('cannot remove the cgroup: device or resource busy')],
});
const source = '{\n  "mounts": [\n    {"type": "proc"}\n  ]\n}\n';

test('everything that is known, each in its place', () => {
	expect(renderError(failure, { source })).toBe(
		[
			'cannot mount proc at /proc: fsmount: operation not permitted',
			'  at:    /b/config.json:3:13: /mounts/0',
			'  3 |     {"type": "proc"}',
			'    |             ^',
			'  step:  mount proc at /proc',
			'  call:  fsmount: EPERM (operation not permitted)',
			'  hint:  Bind it.',
			'  also:  cannot remove the cgroup: device or resource busy',
		].join('\n'),
	);
});

test('more for those who want it', () => {
	const text = renderError(failure, { verbose: true });
	expect(text).toContain('  code:  ERR_STEP_FAILED');
	expect(text).toContain('  id:    web');
	expect(text).toContain('  cause: first');
	expect(text).toContain('render.test.ts');
	expect(text).not.toContain('|');
});

test('colours only when asked, and the same text below them', () => {
	const colored = renderError(failure, { source, color: true });
	expect(colored).toContain('\x1b[');
	// biome-ignore lint/suspicious/noControlCharactersInRegex: takes the colours off
	expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(renderError(failure, { source }));
});

test('all faults of a configuration', () => {
	const error = new ConfigError('ERR_CONFIG_INVALID', '/b/config.json', [
		{ pointer: '/mounts/0', where, message: 'must have a destination' },
		{ pointer: '', message: 'must be an object' },
	]);
	expect(renderError(error, { source })).toBe(
		[
			'/b/config.json: 2 faults',
			'  /b/config.json:3:13: /mounts/0: must have a destination',
			'  3 |     {"type": "proc"}',
			'    |             ^',
			'  must be an object',
		].join('\n'),
	);
	expect(oneLine(error)).toBe(
		'/b/config.json:3:13: /mounts/0: must have a destination; /b/config.json: must be an object',
	);
});

test('a fault that is the only one is told in the first line', () => {
	const message = 'must have a destination';
	const placed = new ConfigError('ERR_CONFIG_INVALID', '/b/config.json', [{ pointer: '/mounts/0', where, message }]);
	expect(renderError(placed, { source })).toBe(
		[
			'/b/config.json:3:13: /mounts/0: must have a destination',
			'  3 |     {"type": "proc"}',
			'    |             ^',
		].join('\n'),
	);
	const unplaced = new ConfigError('ERR_CONFIG_INVALID', 'config.json', [{ pointer: '/process', message }]);
	expect(renderError(unplaced)).toBe('config.json: /process: must have a destination');
});

test('a long line is cut around the caret, which stands below its place; tabs do not move it', () => {
	const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
	for (const text of [line, `\t\t\t${line}`]) {
		const column = text.indexOf('X') + 1;
		const error = new TsrunError('ERR_CONFIG_INVALID', 'no', { where: { file: 'f', line: 1, column } });
		const [, , shown = '', caret = ''] = renderError(error, { source: text }).split('\n');
		expect(shown.length).toBeLessThan(130);
		expect(shown[caret.indexOf('^')]).toBe('X');
	}
	const tabbed = new TsrunError('ERR_CONFIG_INVALID', 'no', { where: { file: 'f', line: 1, column: 3 } });
	const [, , shown = '', caret = ''] = renderError(tabbed, { source: '\t\tX' }).split('\n');
	expect(shown[caret.indexOf('^')]).toBe('X');
});

test('a place the text does not have shows no line', () => {
	expect(renderError(failure, { source: 'one line' })).not.toContain('|');
});

test('one line begins with the message and ends with the hint', () => {
	expect(oneLine(failure)).toBe(
		'cannot mount proc at /proc: fsmount: operation not permitted (/b/config.json:3:13: /mounts/0)' +
			'; also: cannot remove the cgroup: device or resource busy (Bind it.)',
	);
	expect(oneLine(new TsrunError('ERR_NOT_FOUND', 'container does not exist'))).toBe('container does not exist');
});

test('what is no TsrunError has its message, or is printed as it is', () => {
	expect(oneLine(new RangeError('too far'))).toBe('too far');
	expect(renderError(new RangeError('too far'))).toBe('too far');
	expect(oneLine('just text')).toBe('just text');
	expect(renderError(undefined)).toBe('undefined');
	expect(renderError(new Error('x'), { verbose: true })).toContain('render.test.ts');
});

test('nothing in an error steers the terminal or forges a line', () => {
	const evil = fc.string({
		unit: fc.constantFrom('a', '\x1b[2J', '\n', '\r', '\t', '\0', '\x9b', '\u202e', '\u2028', '\x7f'),
	});
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	const controls = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
	fc.assert(
		fc.property(evil, evil, evil, (message, path, text) => {
			const details = {
				path,
				step: text,
				hint: text,
				pointer: path,
				where: { ...where, line: 1 },
				also: [new Error(text)],
			};
			for (const error of [
				new TsrunError('ERR_SYSTEM', message, details),
				new ConfigError('ERR_CONFIG_INVALID', path, [{ pointer: text, message, where: { ...where, line: 1 } }]),
				new Error(message),
			]) {
				expect(renderError(error, { source: text })).not.toMatch(controls);
				expect(oneLine(error)).not.toMatch(controls);
				expect(oneLine(error)).not.toContain('\n');
			}
		}),
	);
});
