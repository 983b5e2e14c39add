import fc from 'fast-check';
import type { Options } from '../../../cli/command.js';
import { parse } from '../../../cli/parse.js';

const options = {
	detach: { kind: 'flag', alias: 'd', summary: '' },
	'no-subreaper': { kind: 'flag', summary: '' },
	bundle: { kind: 'text', alias: 'b', summary: '' },
	format: { kind: 'text', choices: ['table', 'json'], summary: '' },
	env: { kind: 'list', alias: 'e', summary: '' },
	'preserve-fds': { kind: 'integer', minimum: 0, summary: '' },
	'pids-limit': { kind: 'integer', summary: '' },
} as const satisfies Options;

const mixed = (...words: string[]) => parse(words, options, 'last-word');
const ordered = (...words: string[]) => parse(words, options, 'first-positional');

describe('words that engines write', () => {
	test('one dash means the same as two (go-runc: -no-subreaper)', () => {
		const { options: given, positionals } = mixed('-no-subreaper', '--bundle', 'B', 'id');
		expect(given['no-subreaper']).toBe(true);
		expect(given.bundle).toBe('B');
		expect(positionals).toEqual(['id']);
	});

	test.each([['--bundle=B'], ['--bundle', 'B'], ['-b', 'B'], ['-b=B'], ['--b=B'], ['-bundle', 'B']])(
		'%s %s',
		(...words) => {
			expect(mixed(...words).options.bundle).toBe('B');
		},
	);

	test('options stand before and behind the id', () => {
		const { options: given, positionals } = mixed('--detach', 'id', '--bundle', 'B');
		expect(given).toMatchObject({ detach: true, bundle: 'B' });
		expect(positionals).toEqual(['id']);
	});

	test('behind the first positional nothing is ours where options end there', () => {
		const { options: given, positionals } = ordered('-d', 'id', 'ls', '-d', '--help', '--', '--bundle=B');
		expect(given).toMatchObject({ detach: true, bundle: undefined });
		expect(positionals).toEqual(['id', 'ls', '-d', '--help', '--', '--bundle=B']);
	});

	test('a dash is a value and a positional', () => {
		expect(mixed('--bundle', '-').options.bundle).toBe('-');
		expect(mixed('--bundle=-').options.bundle).toBe('-');
		expect(mixed('-').positionals).toEqual(['-']);
	});

	test('-- ends the options', () => {
		expect(mixed('-d', '--', '--bundle', '-x').positionals).toEqual(['--bundle', '-x']);
	});

	test('a value may look like an option', () => {
		expect(mixed('--env', '--bundle', '-e', '-x').options).toMatchObject({
			env: ['--bundle', '-x'],
			bundle: undefined,
		});
	});

	test('a flag never takes the next word', () => {
		const { options: given, positionals } = mixed('--detach', 'true');
		expect(given.detach).toBe(true);
		expect(positionals).toEqual(['true']);
	});

	test.each([
		['--detach=true', true],
		['--detach=1', true],
		['-d=T', true],
		['--detach=false', false],
		['-detach=F', false],
	])('%s', (word, value) => {
		expect(mixed(word).options.detach).toBe(value);
	});

	test('the last of several wins, lists grow, and a comma is part of the value', () => {
		const { options: given } = mixed('-b', 'A', '-b', 'B', '--detach', '--detach=false', '-e', 'A=1,2', '--env=B=');
		expect(given).toMatchObject({ bundle: 'B', detach: false, env: ['A=1,2', 'B='] });
	});

	test('a negative number is a value', () => {
		expect(mixed('--pids-limit', '-1').options['pids-limit']).toBe(-1);
	});

	test('what is not given is undefined, and an empty list', () => {
		expect({ ...mixed().options }).toEqual({
			detach: undefined,
			'no-subreaper': undefined,
			bundle: undefined,
			format: undefined,
			env: [],
			'preserve-fds': undefined,
			'pids-limit': undefined,
		});
	});

	test('help wins over what stands behind it', () => {
		expect(mixed('--help', '--nonsense').help).toBe(true);
		expect(mixed('-d', '-h').help).toBe(true);
		expect(mixed('-d').help).toBe(false);
	});
});

describe('what is refused', () => {
	test.each([
		[['--nonsense'], 'flag provided but not defined: --nonsense'],
		[['--nonsense=1'], 'flag provided but not defined: --nonsense'],
		[['-x'], 'flag provided but not defined: -x'],
		[['--__proto__'], 'flag provided but not defined: --__proto__'],
		[['--constructor=1'], 'flag provided but not defined: --constructor'],
		[['--bundle'], 'flag needs an argument: --bundle'],
		[['-b'], 'flag needs an argument: -b'],
		[['--detach=maybe'], 'invalid value "maybe" for --detach: use true or false'],
		[['--detach='], 'invalid value "" for --detach: use true or false'],
		[['--preserve-fds=-1'], 'invalid value "-1" for --preserve-fds: it must be at least 0'],
		[['--preserve-fds=3x'], 'invalid value "3x" for --preserve-fds: a decimal number is expected'],
		[['--preserve-fds='], 'invalid value "" for --preserve-fds: a decimal number is expected'],
		[
			['--preserve-fds=99999999999999999999'],
			'invalid value "99999999999999999999" for --preserve-fds: a decimal number is expected',
		],
		[['--format=xml'], 'invalid value "xml" for --format: use table or json'],
	])('%j', (words, message) => {
		expect(() => mixed(...words)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT', message }));
	});

	test('the option that was probably meant is named', () => {
		expect(() => mixed('--bundel', 'B')).toThrow(expect.objectContaining({ hint: 'did you mean --bundle?' }));
		expect(() => mixed('--zzz')).toThrow(expect.objectContaining({ hint: undefined }));
	});
});

test('any words give a result or ERR_ARGUMENT, and no positional is lost or made up', () => {
	const word = fc.oneof(
		fc.string(),
		fc.constantFrom('--', '-', '-d', '--env', '-e=1', '--bundle', 'id', '--detach=false'),
	);
	fc.assert(
		fc.property(fc.array(word), (words) => {
			try {
				for (const positional of mixed(...words).positionals) expect(words).toContain(positional);
			} catch (error) {
				expect(error).toMatchObject({ code: 'ERR_ARGUMENT' });
			}
		}),
	);
});

test('behind -- every list of words comes back unchanged', () => {
	fc.assert(
		fc.property(fc.array(fc.string()), (words) => {
			expect(mixed('--', ...words).positionals).toEqual(words);
			expect(ordered('id', ...words).positionals).toEqual(['id', ...words]);
		}),
	);
});
