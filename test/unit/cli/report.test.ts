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
	await report(error, 'tsrun run failed', log, surroundings as unknown as Parameters<typeof report>[3]);
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
