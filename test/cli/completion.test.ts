import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';
import { Screen, tmux } from '../harness/tmux.js';

const shell = (name: string): Requirement => ({
	what: name,
	met: () => spawnSync(name, ['-c', ':']).status === 0,
});

const id = containerId();

/** A folder with a program tsrun, and the script for the shell in it. */
async function prepared(name: string): Promise<{ folder: string; script: string; path: string }> {
	const folder = scratch(name);
	const bin = join(folder, 'bin');
	mkdirSync(bin);
	if (program.length === 1) symlinkSync(program[0], join(bin, 'tsrun'));
	else writeFileSync(join(bin, 'tsrun'), `#!/bin/sh\nexec ${program.join(' ')} "$@"\n`, { mode: 0o755 });
	const { status, stdout, stderr } = await tsrun(['completion', name]);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	const script = join(folder, `tsrun.${name}`);
	writeFileSync(script, stdout);
	mkdirSync(join(folder, 'work/bundle-here'), { recursive: true });
	writeFileSync(join(folder, 'work/file-here'), '');
	return { folder: join(folder, 'work'), script, path: `${bin}:${process.env['PATH'] ?? ''}` };
}

/** What is typed, and what is offered for its last word. */
const cases: readonly (readonly [string, readonly string[]])[] = [
	['tsrun doc', ['doctor']],
	['tsrun pau', ['pause']],
	['tsrun --log-format js', ['json']],
	['tsrun list --for', ['--format']],
	['tsrun list --format ', ['json', 'table']],
	['tsrun list -f t', ['table']],
	['tsrun run --bundle bun', ['bundle-here']],
	['tsrun plan bun', ['bundle-here']],
	['tsrun create --pid-file fi', ['file-here']],
	['tsrun run --detach --no-piv', ['--no-pivot']],
	[`tsrun --root ${stateRoot()} kill ${id.slice(0, -2)}`, [id]],
	[`tsrun --root ${stateRoot()} kill ${id} KI`, ['KILL']],
	['tsrun completion z', ['zsh']],
	['tsrun run --bundle=', []],
];

describeWith([root, busybox], 'completion', () => {
	beforeAll(async () => {
		const { path } = bundle();
		const { status, stderr } = await tsrun(['create', '--bundle', path, id]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	});
	afterAll(async () => {
		await tsrun(['delete', '--force', id]);
	});

	test('for another shell is an error that names those there are', async () => {
		const { status, stderr } = await tsrun(['completion', 'tcsh']);
		expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('only for bash, zsh, fish') });
	});

	describeWith([shell('bash')], 'in bash', () => {
		test.each(cases)('%s', async (line, offered) => {
			const { folder, script, path } = await prepared('bash');
			// As readline does: the words, with the sign of --option=value as one of its own.
			const words = line.split(/ |(?<==)|(?==)/);
			const driver = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tsrun; printf '%s\\n' "\${COMPREPLY[@]}"`;
			const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', driver, script, ...words], {
				cwd: folder,
				encoding: 'utf8',
				env: { PATH: path },
			});
			expect(stderr).toBe('');
			const got = stdout.split('\n').filter((word) => word !== '');
			if (line.endsWith('=')) expect(got).toContain('bundle-here');
			else expect(got.sort()).toEqual([...offered]);
		});
	});

	describeWith([shell('fish')], 'in fish', () => {
		test.each(cases.filter(([line]) => !line.endsWith('=')))('%s', async (line, offered) => {
			const { folder, script, path } = await prepared('fish');
			const { stdout, stderr } = spawnSync(
				'fish',
				['--no-config', '-c', `source ${script}; complete -C ${JSON.stringify(line)}`],
				{
					cwd: folder,
					encoding: 'utf8',
					env: { PATH: path, HOME: folder },
				},
			);
			expect(stderr).toBe('');
			const got = stdout
				.split('\n')
				.filter((word) => word !== '')
				.map((word) => word.split('\t')[0]?.replace(/\/$/, ''));
			expect(got.sort()).toEqual([...offered]);
		});
	});

	describeWith([shell('zsh'), tmux], 'in zsh', () => {
		test('what has one answer is typed to its end', async () => {
			const { folder, script, path } = await prepared('zsh');
			using screen = new Screen(
				['env', '-i', `PATH=${path}`, 'TERM=screen', 'PS1=> ', 'sh', '-c', `cd ${folder} && exec zsh -f -i`],
				[200, 10],
			);
			await screen.shows(/^>/);
			screen.type(`PS1="> "; autoload -U compinit; compinit -D -u; source ${script}; clear`, 'Enter');
			await screen.shows(/^>$/);
			for (const [line, [only, ...more]] of cases) {
				if (only === undefined || more.length > 0) continue;
				screen.type('-l', line);
				screen.type('Tab');
				const whole = `${line.slice(0, line.lastIndexOf(' '))} ${only}`;
				await screen.shows(new RegExp(`^> ${whole.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'm'));
				screen.type('C-u');
				await screen.shows(/^>$/m);
			}
		});
	});
});
