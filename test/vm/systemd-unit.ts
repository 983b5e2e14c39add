import { bundle, type Config, run } from './guest.js';

/** The option that has systemd make the cgroups. */
export const systemd = '--systemd-cgroup';

/** Properties of a unit, as systemctl prints them; of one that has several lines, they are joined by spaces. */
export function show(unit: string, ...names: readonly string[]): string[] {
	const { stdout } = run('systemctl', ['show', unit, ...names.map((name) => `--property=${name}`)]);
	const lines = stdout.trimEnd().split('\n');
	return names.map((name) =>
		lines
			.filter((line) => line.startsWith(`${name}=`))
			.map((line) => line.slice(name.length + 1))
			.join(' '),
	);
}

/** A bundle that runs on and on, with its cgroup at a place. */
export const at = (cgroupsPath: string, edit: (config: Config) => void = () => {}) =>
	bundle('while :; do sleep 0.1; done', (config) => {
		config.linux.cgroupsPath = cgroupsPath;
		edit(config);
	});
