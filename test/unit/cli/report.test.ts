import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../../../cli/log.js';
import { report } from '../../../cli/report.js';
import { TsrunError } from '../../../lib/index.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function entryOf(error: unknown): Promise<unknown> {
	const file = join(folder, 'log');
	const surroundings = { stderr: async () => {}, stderrIsTerminal: false, env: {} };
	const log = openLog({ file, format: 'json', level: 'warning' });
	await report(
		error,
		{ prefix: 'tsrun run failed', status: 1 },
		log,
		surroundings as unknown as Parameters<typeof report>[3],
	);
	return JSON.parse(readFileSync(file, 'utf8'));
}

test('a failure, and another one while a `using` cleans up after it: the first is told, with its code', async () => {
	const suppressed = new TsrunError('ERR_INIT_DIED', 'the container ended', { errno: 'EIO' });
	const wrapper = Object.assign(new Error(''), { suppressed, error: new Error('the cgroup is busy') });
	expect(
		await entryOf(Object.assign(new Error(''), { suppressed: wrapper, error: new Error('one more') })),
	).toMatchObject({
		code: 'ERR_INIT_DIED',
		errno: 'EIO',
		msg: expect.stringMatching(/^tsrun run failed: the container ended; also: the cgroup is busy; also: one more/),
	});
});

describe('a program that execve(2) refuses', () => {
	const refused = new TsrunError('ERR_EXECUTABLE', 'exec /tool: no such file or directory', {
		step: 'exec /tool',
		syscall: 'execve',
		errno: 'ENOENT',
		hint: 'its interpreter is missing',
	});
	const prefixed = { prefix: 'tsrun run failed', status: 1 };
	const shared = { ...prefixed, stderrOfProgram: true } as const;

	async function shown(error: unknown, failure = shared as typeof shared | typeof prefixed, change: object = {}) {
		let text = '';
		const stderr = async (more: string) => {
			text += more;
		};
		const { level = 'warning', file, ...others } = change as { level?: 'debug'; file?: string };
		const surroundings = { stderr, stderrIsTerminal: false, env: {}, ...others };
		const log = openLog({ file, format: 'text', level });
		await report(error, failure, log, surroundings as unknown as Parameters<typeof report>[3]);
		return text;
	}

	test('is one line where the stderr is the log of the program', async () => {
		expect(await shown(refused)).toBe('exec /tool: no such file or directory\n');
	});

	test('is all there is to say in the log file', async () => {
		const file = join(folder, 'log');
		expect(await shown(refused, shared, { file })).toBe('exec /tool: no such file or directory\n');
		expect(readFileSync(file, 'utf8')).toMatch(/tsrun run failed: exec \/tool: .*its interpreter is missing/);
	});

	test.each([
		['at a terminal', shared, { stderrIsTerminal: true }],
		['with --debug', shared, { level: 'debug' }],
		['of a verb whose stderr is not the program’s', prefixed, {}],
	])('is announced, with what to do, %s', async (_, failure, change) => {
		expect(await shown(refused, failure, change)).toMatch(/^tsrun run failed: \S*exec \/tool: [\s\S]*its interpreter/);
	});

	test.each([
		[
			'one that was not found',
			new TsrunError('ERR_EXECUTABLE', 'exec: "tool": not found', { step: 'find the program tool' }),
		],
		['one with a clean-up that failed', refused.with({ also: [new Error('the cgroup is busy')] })],
	])('%s is told as every other failure', async (_, error) => {
		expect(await shown(error)).toMatch(/^tsrun run failed: /);
	});
});
