import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../../cli/context.js';
import { parse } from '../../../cli/parse.js';
import { resourcesOf } from '../../../cli/resource-flags.js';
import { updateOptions } from '../../../cli/update-options.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-resources-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What `update` with these words asks for. */
const asked = (words: readonly string[], stdin = '') =>
	resourcesOf(parse(words, updateOptions, 'last-word').options, { readInput: async () => stdin } as unknown as Context);

test('single options', async () => {
	const words =
		'--memory 1g --memory-reservation 512m --memory-swap 2g --cpu-period 100000 --cpu-quota -1 --cpu-burst 1 --cpu-share 512 ' +
		'--cpu-rt-period 1000000 --cpu-rt-runtime 950000 --cpu-idle 1 --cpuset-cpus 0-1 --cpuset-mems 0 --pids-limit -1 --blkio-weight 10 ' +
		'--kernel-memory 1m --kernel-memory-tcp -1';
	expect(await asked(words.split(' '))).toEqual({
		memory: { limit: 1n << 30n, reservation: 1n << 29n, swap: 2n << 30n, kernel: 1n << 20n, kernelTCP: -1n },
		cpu: {
			period: 100000n,
			quota: -1n,
			burst: 1n,
			shares: 512n,
			realtimePeriod: 1000000n,
			realtimeRuntime: 950000n,
			idle: 1,
			cpus: '0-1',
			mems: '0',
		},
		pids: { limit: -1n },
		blockIO: { weight: 10 },
	});
});

test('lifting the memory limit lifts that of swap', async () => {
	expect(await asked(['--memory=-1'])).toEqual({ memory: { limit: -1n, swap: -1n } });
	expect(await asked(['--memory=-1', '--memory-swap=1g'])).toEqual({ memory: { limit: -1n, swap: 1n << 30n } });
});

test.each([
	[['--memory', 'lots'], /invalid value "lots" for --memory/],
	[['--cpu-idle', '2'], /invalid value "2" for --cpu-idle/],
	[['--cpu-share', '-1'], /invalid value "-1" for --cpu-share/],
	[['--cpu-quota', '1.5'], /invalid value "1.5" for --cpu-quota/],
	[['-r', '/nonexistent'], /cannot read --resources \/nonexistent/],
])('%j is refused', async (words, message) => {
	await expect(asked(words)).rejects.toThrow(message);
});

test('--resources from standard input (containerd) and from a file (Podman); single options are then ignored', async () => {
	const text = JSON.stringify({ cpu: { cpus: '0' } });
	const file = join(folder, 'resources.json');
	writeFileSync(file, text);
	for (const words of [['--resources=-'], ['-r', '-', '--cpuset-cpus=1'], [`--resources=${file}`]])
		expect(await asked(words, text)).toMatchObject({ cpu: { cpus: '0' } });
});
