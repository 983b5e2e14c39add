type Config = Record<string, unknown>;

/** The text of a valid config.json with members replaced or added at the top level. */
export function configWith(members: Config = {}): string {
	const process = { user: { uid: 0, gid: 0 }, args: ['sh'], cwd: '/' };
	return JSON.stringify({ ociVersion: '1.3.0', root: { path: 'rootfs' }, process, ...members });
}

export function configWithLinux(linux: Config, members: Config = {}): string {
	return configWith({ linux, ...members });
}

export function configWithProcess(process: Config): string {
	return configWith({ process: { user: { uid: 0, gid: 0 }, args: ['sh'], cwd: '/', ...process } });
}
