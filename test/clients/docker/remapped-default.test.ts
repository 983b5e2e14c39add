import { readFileSync } from 'node:fs';
import { watchStageOfTests } from '../harness/leftovers.js';
import { records, startDocker, withDocker } from './engine.js';

withDocker(
	(docker) => {
		const leftovers = watchStageOfTests(records);

		test('userns-remap default: ids of the user that dockerd makes', async () => {
			const lent = (file: string) => /^dockremap:(\d+):(\d+)$/m.exec(readFileSync(file, 'utf8'))?.slice(1);
			const [first, count] = lent('/etc/subuid') ?? [];
			await using box = await docker.start('remapped');
			const pid = await docker.inspect(box.name, '.State.Pid');
			const map = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').trim().split(/\s+/);
			expect(map('uid_map')).toEqual(['0', first, count]);
			expect(map('gid_map')).toEqual(['0', ...(lent('/etc/subgid') ?? [])]);
			expect(await box.inside('id -u; touch /new && stat -c %u /new')).toBe('0\n0');
		});

		test('userns-remap default: afterwards nothing is left', async () => {
			expect(await leftovers()).toEqual([]);
		});
	},
	(runtime) => startDocker(runtime, { 'userns-remap': 'default' }),
);
