import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchStageOfTests } from '../harness/leftovers.js';
import { lendIds } from '../harness/lent-ids.js';
import { folder, stage } from '../harness/stage.js';
import { image, records, startDocker, withDocker } from './engine.js';

/** Of the ids that containers have. */
const first = 300_000;

beforeAll(() => {
	if (stage.met()) lendIds('tsrun-remap', 990, first, 65_536);
});

withDocker(
	(docker) => {
		const leftovers = watchStageOfTests(records);

		test('userns-remap: root of the container is nobody outside', async () => {
			await using box = await docker.start('remapped');
			const pid = await docker.inspect(box.name, '.State.Pid');
			expect(readFileSync(`/proc/${pid}/uid_map`, 'utf8').trim().split(/\s+/)).toEqual(['0', String(first), '65536']);
			expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${first}\\s`, 'm'));
			expect(await box.inside('id -u; touch /new && stat -c %u /new')).toBe('0\n0');
		});

		test('userns-remap: limits, network, volume, another user', async () => {
			expect(
				await docker.inside(['-m', '64m', '--pids-limit', '20', '-v', 'mapped:/v'], 'echo kept >/v/file; ls /v'),
			).toBe('file');
			await docker.output('volume', 'rm', 'mapped');
			expect(await docker.inside(['--user', '1000'], 'id -u; ls /sys/class/net | grep -c eth0')).toBe('1000\n1');
		});

		test('userns-remap: files of the machine’s root are out of reach', async () => {
			const here = folder('private');
			writeFileSync(join(here, 'file'), 'secret\n', { mode: 0o600 });
			const result = await docker.run(['-v', `${here}:/b`], ['cat', '/b/file']);
			expect(result).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('Permission denied') });
		});

		test('userns-remap: --userns host', async () => {
			const shown = await docker.output('run', '--rm', '--userns', 'host', image, 'cat', '/proc/self/uid_map');
			expect(shown.trim().split(/\s+/).slice(0, 2)).toEqual(['0', '0']);
		});

		test('userns-remap: afterwards nothing is left', async () => {
			expect(await leftovers()).toEqual([]);
		});
	},
	(runtime) => startDocker(runtime, { 'userns-remap': 'tsrun-remap' }),
);
