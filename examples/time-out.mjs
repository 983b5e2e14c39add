// Code that nobody trusts: it gets 64 processes and two seconds, and when they are over nothing of it is left.
import { Runtime } from '../dist/lib/index.js';
import { makeBundle } from './bundle.mjs';

const untrusted = 'while true; do (sleep 1000 &); sleep 0.1; done';
const bundle = makeBundle(process.argv[2], ['sh', '-c', untrusted], (spec) => {
	spec.linux.resources = { ...spec.linux.resources, pids: { limit: 64 } };
});

const runtime = new Runtime();
const id = `time-out-${process.pid}`;
const container = await runtime.run(id, bundle, { stdio: 'ignore' });
try {
	await container.wait({ signal: AbortSignal.timeout(2000) });
	console.log('it ended by itself');
} catch (error) {
	if (error.code !== 'ERR_ABORTED') throw error;
	console.log(`still running ${(await container.ps()).length > 1 ? 'with children ' : ''}after two seconds`);
} finally {
	await container.delete({ force: true });
}
console.log(`left over: ${(await runtime.list()).containers.filter((one) => one.id === id).length} containers`);
