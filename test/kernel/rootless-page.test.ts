import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { program } from '../harness/cli.js';
import { asUser, ordinaryUser, userDirectory, userId } from '../harness/ordinary-user.js';
import { describeWith } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';

const repository = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(repository, 'docs/rootless.md'), 'utf8');
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, body = '']) => body);

/** What the page's commands print, one entry per block. */
function follow(home: string): string[] {
	const bin = scratch('bin');
	writeFileSync(join(bin, 'tsrun'), `#!/bin/sh\nexec ${program.join(' ')} "$@"\n`, { mode: 0o755 });
	symlinkSync(userDirectory('run'), join(home, 'run'));
	const env = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), PATH: `${bin}:${process.env['PATH']}` };
	return commands.map((body) => {
		const { status, stdout, stderr } = asUser(['sh', '-euc', body], { cwd: repository, env });
		expect({ body, status, stderr }).toEqual({ body, status: 0, stderr: '' });
		return stdout.trim();
	});
}

describeWith(ordinaryUser, 'docs/rootless.md', () => {
	test('what it tells an ordinary user to do can be done', () => {
		const [first, life, plan, nested, ...more] = follow(userDirectory('home'));
		expect(more).toEqual([]);
		expect(first?.split(/\s+/)).toEqual(['uid=0(root)', 'gid=0(root)', '0', String(userId), '1']);
		expect(life?.split('\n')[0]).toBe('0');
		expect(life).toMatch(/^box +\d+ +running /m);
		expect(plan).toMatch(/write the id maps of the user namespace +\/linux\/uidMappings$/);
		expect(nested).toBe('uid=0(root) gid=0(root)');
	});
});
