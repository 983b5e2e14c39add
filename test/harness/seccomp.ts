import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from './bundle.js';
import { installCall } from './call-program.js';
import type { Config } from './config.js';
import { type RunOptions, run } from './inside.js';

/** `linux.seccomp` as JSON has it; 64-bit numbers as text that {@link filtered} makes numbers of. */
export interface Profile {
	readonly defaultAction: string;
	readonly [member: string]: unknown;
}

/** When the filter is loaded: with no_new_privs right before the program, otherwise while there are privileges. */
export const moments = [
	['with no_new_privs', true],
	['without no_new_privs', false],
] as const;

/** An edit of a configuration: this profile, and no_new_privs or not. */
export function withProfile(profile: Profile, noNewPrivileges = true) {
	return (config: Config): void => {
		config.process['noNewPrivileges'] = noNewPrivileges;
		config.linux['seccomp'] = profile;
	};
}

/** Runs a script under a profile, with the program `call` at hand; returns all it says, a line each. */
export async function filtered(
	profile: Profile,
	script: string,
	noNewPrivileges = true,
	options: RunOptions = {},
): Promise<string[]> {
	const { path, rootfs } = scriptBundle(`exec 2>&1; ${script}`, withProfile(profile, noNewPrivileges));
	const config = join(path, 'config.json');
	writeFileSync(config, readFileSync(config, 'utf8').replace(/("value(?:Two)?": )"(\d+)"/g, '$1$2'));
	installCall(rootfs);
	const { stdout, exit } = await run(path, options);
	expect(exit).toEqual({ code: 0, signal: null });
	return stdout.trimEnd().split('\n');
}
