import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { scriptBundle } from '../harness/bundle.js';
import { eventually } from '../harness/eventually.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const openNow = () => readdirSync('/proc/self/fd').length;
const rounds = 6;

// CVE-2025-64329 is the same hole, found again in the code that attaches.
describeWith([root, busybox], 'CVE-2022-23471: who has been attached and is gone', () => {
	test('leaves no descriptor behind, with pipes or with a terminal', async () => {
		const box = scriptBundle('exec sleep 600');
		await using container = await newRuntime().create(containerId(), box.path, { stdio: 'ignore' });
		await container.start();
		const attach = async () => {
			const piped = await container.exec(['sh', '-c', 'cat; exec sleep 600'], { stdio: 'pipe' });
			const onTerminal = await container.exec(['sleep', '600'], { stdio: 'pipe', tty: true });
			onTerminal.resize(24, 80);
			for (const { stdin, stdout, stderr } of [piped, onTerminal]) {
				for (const stream of [stdin, stdout, stderr]) stream?.destroy();
			}
			piped.kill(9);
			onTerminal.terminal?.close();
			expect(await piped.wait()).toEqual({ code: null, signal: 9 });
			expect(await onTerminal.wait()).toEqual({ code: null, signal: constants.signals.SIGHUP });
		};
		// What is opened once and for all is open after the first round.
		await attach();
		const before = openNow();
		for (let round = 0; round < rounds; round++) await attach();
		await eventually('all descriptors of the attached are closed', () => openNow() <= before);
		await container.kill(9);
	});
});
