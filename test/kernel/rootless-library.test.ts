import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asUser, ordinaryUser, userDirectory, userId } from '../harness/ordinary-user.js';
import { describeWith } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { containerId } from '../harness/scratch.js';

const repository = resolve(import.meta.dirname, '../..');

const program = `import { Runtime } from 'tsrun';
import { defineSpec, network, tmpfs } from 'tsrun/spec';

const [root, id] = process.argv.slice(2);
const runtime = new Runtime({ root });
const look = 'id -u; cat /proc/self/uid_map; touch /tmp/new && ls /tmp; ls /sys/class/net | wc -l; wc -l </proc/net/dev';
const spec = defineSpec({ rootfs: 'rootfs', args: ['sh', '-c', look] }, tmpfs('/tmp'), network('new'));
const { code, stdout, stderr } = await runtime.capture(id, spec);
const box = await runtime.run(id, defineSpec({ rootfs: 'rootfs', args: ['sleep', '1000'] }), { stdio: 'ignore' });
const late = await box.capture(['sh', '-c', 'sleep 1000 & sleep 1000'], { timeoutMs: 200 });
await box.delete({ force: true });
console.log(JSON.stringify({ code, words: stdout.trim().split(/\\s+/), stderr, late: late.timedOut }));
`;

describeWith(ordinaryUser, 'the library in a program of an ordinary user', () => {
	test('makes containers whose root is the user, with a network of their own where it is asked for', () => {
		const home = userDirectory('home');
		mkdirSync(join(home, 'node_modules'));
		symlinkSync(repository, join(home, 'node_modules/tsrun'));
		writeFileSync(join(home, 'program.mjs'), program);
		makeRootfs(join(home, 'rootfs'));
		execFileSync('chown', ['-R', `${userId}:${userId}`, join(home, 'rootfs')]);
		const words = [process.execPath, 'program.mjs', join(home, 'state'), containerId()];
		const { status, stdout, stderr } = asUser(words, { cwd: home });
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		const { words: seen, ...rest } = JSON.parse(stdout);
		expect(rest).toEqual({ code: 0, stderr: '', late: true });
		// Two lines of heading in /proc/net/dev, and the loopback device.
		expect(seen).toEqual(['0', '0', String(userId), '1', 'new', expect.any(String), '3']);
	});
});
