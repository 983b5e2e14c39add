import { verbs } from '../../../cli/table.js';
import { call } from './call.js';

test.each([['--help'], ['-h'], ['help'], []])('tsrun %s lists every verb', async (...words) => {
	const { status, stdout, stderr, opened } = await call(words);
	expect({ status, stderr, opened }).toEqual({ status: 0, stderr: '', opened: [] });
	for (const verb of verbs.keys()) expect(stdout).toContain(`tsrun ${verb} `);
	expect(stdout).toContain('--log-format');
});

describe.each([...verbs.keys()])('tsrun %s', (verb) => {
	test('--help lists each option that is not hidden, and an example, on stdout', async () => {
		const command = await verbs.get(verb)?.();
		const { status, stdout, stderr, opened } = await call([verb, '--help']);
		expect({ status, stderr, opened }).toEqual({ status: 0, stderr: '', opened: [] });
		for (const [name, option] of Object.entries(command?.options ?? {})) {
			if (option.hidden === true) expect(stdout).not.toContain(`--${name} `);
			else expect(stdout).toContain(`--${name} `);
		}
		expect(stdout).toContain('EXAMPLES:');
		expect(stdout).toContain(command?.positionals.usage);
		expect(stdout.startsWith(`NAME:\n  tsrun ${verb} - ${command?.summary}\n\nUSAGE:\n  tsrun ${verb}`)).toBe(true);
	});

	test('`tsrun help` shows the same page', async () => {
		expect((await call(['help', verb])).stdout).toBe((await call([verb, '--help'])).stdout);
	});

	test('its file is named as the verb, and an alias means one option', async () => {
		const command = await verbs.get(verb)?.();
		expect(command?.name).toBe(verb);
		const aliases = Object.values(command?.options ?? {}).flatMap(({ alias }) => alias ?? []);
		expect(new Set(aliases).size).toBe(aliases.length);
		expect(aliases).not.toContain('h');
	});
});

test('runc’s options of checkpoint and restore are known', async () => {
	const { stdout } = await call(['checkpoint', '--help']);
	const names =
		'image-path work-path parent-path leave-running tcp-established tcp-skip-in-flight link-remap ext-unix-sk shell-job ' +
		'lazy-pages status-fd page-server file-locks pre-dump manage-cgroups-mode empty-ns auto-dedup';
	for (const name of names.split(' ')) expect(stdout).toContain(`--${name} `);
});

test.each([
	['help', 'crate'],
	['crate', '--help'],
	['crate', 'box', '-h'],
])('tsrun %s %s: help for a verb that does not exist is a failure', async (...words) => {
	const { status, stdout, stderr } = await call(words);
	expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
	expect(stderr).toMatch(/^No help topic for 'crate'\n[\s\S]*did you mean create\?/);
});

test('--version: a name, a version and the spec, a line each', async () => {
	for (const word of ['--version', '-v']) {
		const { status, stdout } = await call([word]);
		expect(status).toBe(0);
		expect(stdout).toMatch(/^tsrun version \d+\.\d+\.\d+\S*\n(commit: [0-9a-f]+\n)?spec: 1\.3\.0\n$/);
	}
});
