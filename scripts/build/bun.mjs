import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { CommandFailed } from './run.mjs';

/**
 * Path of a Bun that runs here. The bun package's install script moves the executable out of the platform package into its own
 * folder; npm runs that script only where it is allowed to. So both places are tried, by running what is there.
 */
export function bunExecutable() {
	const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
	const places = ['bun/bin/bun.exe', ...['', '-musl'].map((kind) => `@oven/bun-linux-${arch}${kind}/bin/bun`)];
	const { resolve } = createRequire(import.meta.url);
	const tried = [];
	for (const place of places) {
		let path;
		try {
			path = resolve(place);
		} catch (error) {
			tried.push(`${place}: ${error.code}`);
			continue;
		}
		const { status, signal, error } = spawnSync(path, ['--version'], { stdio: 'ignore' });
		if (status === 0) return path;
		tried.push(`${place}: ${error?.message ?? signal ?? `status ${status}`}`);
	}
	throw new CommandFailed(`no Bun that runs here:\n  ${tried.join('\n  ')}`);
}
