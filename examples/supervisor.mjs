// A service is kept alive: when it fails it is started again, each time a little later, and given up after too many times.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Runtime } from 'tsrun';
import { bind, defineSpec } from 'tsrun/spec';

const runtime = new Runtime();

/** Runs a container until it ends well; waits between its failures, twice as long after each of them. */
async function supervise(id, spec, { firstDelayMs, mostDelayMs, attempts, signal }) {
	for (let attempt = 1, pause = firstDelayMs; ; attempt++, pause = Math.min(pause * 2, mostDelayMs)) {
		const service = await runtime.run(id, spec, { stdio: ['ignore', 'inherit', 'inherit'], signal });
		let exit;
		try {
			exit = await service.wait({ signal });
		} finally {
			await service.delete({ force: true });
		}
		if (exit.code === 0) return;
		if (attempt === attempts) throw new Error(`${id} has failed ${attempts} times, last with code ${exit.code}`);
		console.log(`failed with code ${exit.code}, again in ${pause} ms`);
		await delay(pause, undefined, { signal });
	}
}

// It works the third time it is tried: it counts in a folder of the host.
const folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
const flaky = 'echo x >>/run/tries; n=$(wc -l </run/tries); echo "try $n"; [ $n -ge 3 ] || exit $n';
const limits = { firstDelayMs: 20, mostDelayMs: 1000, attempts: 5, signal: AbortSignal.timeout(20_000) };
try {
	const service = (script) =>
		defineSpec({ rootfs: process.argv[2], args: ['sh', '-c', script] }, bind(folder, '/run', { writable: true }));
	await supervise(`supervised-${process.pid}`, service(flaky), limits);
	console.log('ended well');
	await supervise(`hopeless-${process.pid}`, service('exit 7'), { ...limits, attempts: 2 });
} catch (error) {
	console.log(`given up: ${error.message.replace(String(process.pid), 'PID')}`);
} finally {
	rmSync(folder, { recursive: true });
}
