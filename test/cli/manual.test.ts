import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { verbs } from '../../cli/table.js';
import { describeWith, type Requirement } from '../harness/requirement.js';

const folder = resolve(import.meta.dirname, '../../dist/man/man1');
const pages = readdirSync(folder).sort();

const installed = (name: string): Requirement => ({
	what: name,
	met: () => spawnSync(name, ['--version']).error === undefined,
});

test('there is a page for tsrun and one for each verb', () => {
	expect(pages).toEqual(['tsrun.1', ...[...verbs.keys()].map((name) => `tsrun-${name}.1`)].sort());
});

test.each([...verbs.entries()])('the page of %s has every option and every example', async (name, load) => {
	const command = await load();
	const page = readFileSync(join(folder, `tsrun-${name}.1`), 'utf8').replaceAll('\\-', '-');
	for (const [option, { hidden }] of Object.entries(command.options)) {
		if (hidden !== true) expect(page).toContain(`--${option}\\fR`);
	}
	expect(page.match(/^\\fB\$ /gm)).toHaveLength(command.examples.length);
});

describeWith([installed('man')], 'man', () => {
	test.each(pages)('formats %s without a warning', (page) => {
		const { status, stdout, stderr } = spawnSync('man', ['-l', '--warnings', '-E', 'utf8', join(folder, page)], {
			encoding: 'utf8',
			env: { PATH: process.env['PATH'] ?? '', MANWIDTH: '100', MAN_KEEP_FORMATTING: '' },
		});
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toMatch(/NAME\n +tsrun/);
	});
});

describeWith([installed('mandoc')], 'mandoc', () => {
	test.each(pages)('has nothing against %s', (page) => {
		const { stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', join(folder, page)], {
			encoding: 'utf8',
		});
		expect(`${stdout}${stderr}`).toBe('');
	});
});
