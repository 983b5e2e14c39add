import type { IdMapping, Linux } from './linux.js';
import type { Process } from './process.js';

/**
 * A config.json that broke no rule. Absent, `null` and empty-string optional members are all `undefined`, integers of 64
 * bits are bigints. What may be written for one is a {@link SpecInput}.
 */
export interface Spec {
	/** Version of the runtime-spec that the document follows: any 1.x. */
	ociVersion: string;
	/** The root file system. */
	root: Root;
	/** The program. A container can be created without one, and not started. */
	process?: Process | undefined;
	/** Of the container's UTS namespace. */
	hostname?: string | undefined;
	/** NIS domain name of the container's UTS namespace. */
	domainname?: string | undefined;
	/** Mounted in this order. */
	mounts?: Mount[] | undefined;
	/** Programs that are run when the container is made, started and deleted. */
	hooks?: Hooks | undefined;
	/** Free text by name; shown by `state`, and told to hooks. */
	annotations?: Record<string, string> | undefined;
	/** Everything that Linux alone has. */
	linux?: Linux | undefined;
}

/** Where the container's files are. */
export interface Root {
	/** A directory of the host; a relative path begins at the bundle. */
	path: string;
	/** Nothing in it can be written. */
	readonly?: boolean | undefined;
}

/** One mount inside the container. */
export interface Mount {
	/** Where, inside the container. What is missing of the path is made. */
	destination: string;
	/** What: a path of the host for a bind mount, a name for most others. */
	source?: string | undefined;
	/** The kind of file system; not needed for a bind mount. */
	type?: string | undefined;
	/** As of mount(8), with `bind` and `rbind`, propagation, and what the file system itself knows. */
	options?: string[] | undefined;
	/** Ids of the files in it, for a mount with mapped ids. */
	uidMappings?: IdMapping[] | undefined;
	/** As {@link Mount.uidMappings}, of groups. */
	gidMappings?: IdMapping[] | undefined;
}

/** Programs by the moment at which they are run (config.md, "POSIX-platform Hooks"). */
export interface Hooks {
	/** The older name of {@link Hooks.createRuntime}. */
	prestart?: Hook[] | undefined;
	/** On the host, when the namespaces are there and the root has not changed yet. */
	createRuntime?: Hook[] | undefined;
	/** In the container's namespaces, before the root changes. */
	createContainer?: Hook[] | undefined;
	/** In the container, before its program. */
	startContainer?: Hook[] | undefined;
	/** On the host, when the program runs. */
	poststart?: Hook[] | undefined;
	/** On the host, when the container is gone. */
	poststop?: Hook[] | undefined;
}

/** The moments at which hooks are run. */
export type HookName = keyof Hooks;

/** A program that is run at a certain moment, with the container's state on its standard input. */
export interface Hook {
	/** Absolute path of the program. */
	path: string;
	/** Its words, its own name first. */
	args?: string[] | undefined;
	/** NAME=VALUE; none: the caller's environment. */
	env?: string[] | undefined;
	/** Seconds after which it is killed, and has failed. */
	timeout?: number | undefined;
}
