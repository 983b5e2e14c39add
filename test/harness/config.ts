/** A config.json under construction: typed where most tests touch it, open everywhere else. */
export interface Config {
	ociVersion: string;
	hostname?: string;
	root: { path: string; readonly?: boolean };
	process: ConfigProcess;
	mounts: ConfigMount[];
	linux: ConfigLinux;
	hooks?: Record<string, unknown[]>;
	annotations?: Record<string, string>;
	[name: string]: unknown;
}

export interface ConfigProcess {
	terminal?: boolean;
	user: { uid: number; gid: number; additionalGids?: number[]; umask?: number };
	args: string[];
	env: string[];
	cwd: string;
	[name: string]: unknown;
}

export interface ConfigMount {
	destination: string;
	type?: string;
	source?: string;
	options?: string[];
	[name: string]: unknown;
}

export interface ConfigLinux {
	namespaces: { type: string; path?: string }[];
	[name: string]: unknown;
}
