import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { engines } from '../harness/engines.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const repository = resolve(import.meta.dirname, '../..');

/** All that a program asks of the library, in one: owned containers, exec, capture, terminals, samples, errors. */
const life = `async function life(Runtime, TsrunError, defineSpec, [root, rootfs, id]) {
	const runtime = new Runtime({ root });
	const spec = (script) => defineSpec({ rootfs, args: ['sh', '-c', script] });
	const seen = {};
	const box = await runtime.run(id, spec('read line; echo "got $line"; exit 3'), { stdio: 'pipe' });
	try {
		const { code, stdout, stderr } = await box.capture(['sh', '-c', 'cat; echo err >&2; exit 4'], { input: 'in' });
		seen.capture = [code, stdout, stderr];
		const typed = ['sh', '-c', 'stty -echo; echo ready; read _; stty size; sleep 100'];
		const child = await box.exec(typed, { tty: true, stdio: 'pipe' });
		for await (const line of child.lines()) {
			if (line !== 'ready') { seen.terminal = line; break; }
			child.resize(20, 70);
			child.terminal.input.write('\\n');
		}
		child.kill('KILL');
		seen.killed = (await child.exit).signal;
		seen.late = (await box.capture(['sleep', '100'], { timeoutMs: 100 })).timedOut;
		for await (const sample of box.stats()) { seen.stats = sample.time instanceof Date; break; }
		await box.pause();
		seen.status = (await box.state()).status;
		await box.resume();
		box.stdin.end('a line\\n');
		seen.output = (await box.output()).stdout;
		seen.exit = await box.wait();
	} finally {
		await box[Symbol.asyncDispose]();
	}
	const failure = await runtime.run(id, spec('true'), { configFile: 'x' }).catch((error) => error);
	seen.error = failure instanceof TsrunError && failure.code;
	seen.left = (await runtime.list()).containers.length;
	return JSON.stringify(seen);
}
`;

const imported = `import { Runtime, TsrunError } from 'tsrun';
import { defineSpec } from 'tsrun/spec';
${life}
console.log(await life(Runtime, TsrunError, defineSpec, process.argv.slice(2)));
`;

const required = `const { Runtime, TsrunError } = require('tsrun');
const { defineSpec } = require('tsrun/spec');
${life}
life(Runtime, TsrunError, defineSpec, process.argv.slice(2)).then(console.log);
`;

function project(): string {
	const folder = scratch('project');
	mkdirSync(join(folder, 'node_modules'));
	symlinkSync(repository, join(folder, 'node_modules/tsrun'));
	writeFileSync(join(folder, 'imported.mjs'), imported);
	writeFileSync(join(folder, 'required.cjs'), required);
	makeRootfs(join(folder, 'rootfs'));
	return folder;
}

for (const { name, requirement, path } of engines) {
	describeWith([root, busybox, requirement], `the library in ${name}`, () => {
		test.each(['imported.mjs', 'required.cjs'])(
			'%s has all of it',
			async (file) => {
				const folder = project();
				const args = [join(folder, file), stateRoot(), join(folder, 'rootfs'), containerId()];
				const { stdout } = await promisify(execFile)(path(), args, { timeout: 60_000, cwd: folder });
				expect(JSON.parse(stdout)).toEqual({
					capture: [4, 'in', 'err\n'],
					terminal: '20 70',
					killed: 9,
					late: true,
					stats: true,
					status: 'paused',
					output: 'got a line\n',
					exit: { code: 3, signal: null },
					error: 'ERR_ARGUMENT',
					left: 0,
				});
			},
			70_000,
		);
	});
}
