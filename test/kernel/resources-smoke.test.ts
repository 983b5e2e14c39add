import { readFileSync } from 'node:fs';
import { Runtime } from '../../lib/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { containerId } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

test('smoke', async () => {
	const { path } = scriptBundle('sleep 1', (config) => {
		config.linux['resources'] = {
			memory: { limit: 33554432, swap: 33554432 },
			pids: { limit: 5 },
			cpu: { shares: 512, quota: 20000, period: 100000, cpus: '1' },
			devices: [{ allow: false, access: 'rwm' }],
		};
	});
	const runtime = new Runtime({ root: stateRoot() });
	const id = containerId();
	await using box = await runtime.create(id, path, { stdio: 'ignore' });
	const dirs = readFileSync(`/proc/${(await box.state()).pid}/cgroup`, 'utf8');
	console.log(dirs);
	await box.update({ memory: { limit: 16n << 20n } });
	await box.start();
});
