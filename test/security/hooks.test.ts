import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { failureOf } from '../harness/failure.js';
import { run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const shell = (script: string) => ({ path: '/bin/sh', args: ['sh', '-c', script], env: ['PATH=/bin:/usr/bin'] });

const kinds = ['createRuntime', 'createContainer', 'startContainer', 'poststart'] as const;

// CVE-2022-1708, CVE-2022-31030: an engine kept whatever a program in a container wrote, until its memory was gone.
describeWith([root, busybox], 'CVE-2022-31030: a hook that writes without end', () => {
	test.each(kinds)('%s: is ended by its timeout, and its last words are all that is kept', async (kind) => {
		const { path } = scriptBundle('sleep 600', (config) => {
			config.hooks = { [kind]: [{ ...shell('for i in 1 2 3 4; do yes flood & done; wait'), timeout: 1 }] };
		});
		const began = performance.now();
		const error = await failureOf(run(path));
		expect(error).toMatchObject({ code: 'ERR_HOOK_FAILED', pointer: `/hooks/${kind}/0` });
		expect(error.message).toContain('timeout of 1 s');
		expect(error.message.length).toBeLessThan(6000);
		expect(performance.now() - began).toBeLessThan(8000);
	});

	test.each(kinds)('%s: one that ends says what it said last', async (kind) => {
		const { path } = scriptBundle('sleep 600', (config) => {
			config.hooks = { [kind]: [shell('yes flood | head -c 3000000; echo the reason; exit 3')] };
		});
		const error = await failureOf(run(path));
		expect(error.message).toContain('exit status 3');
		expect(error.message).toContain('the reason');
		expect(error.message.length).toBeLessThan(6000);
	});
});

describeWith([root, busybox], 'CVE-2022-31030: what a hook inside the container says', () => {
	test('reaches a terminal without its control characters', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.hooks = { startContainer: [shell('printf "\\033]0;owned\\007\\033[2J\\r\\230"; exit 1')] };
		});
		const { status, stderr } = await tsrun(['run', '-b', path, containerId()]);
		expect(status).toBe(1);
		expect(stderr).toContain('owned');
		// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
		expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
	});
});
