import type { Hooks, Mount, Root, Spec } from './document.js';
import type { Linux } from './linux.js';
import type { Process } from './process.js';
import type {
	BlockIOResources,
	CpuResources,
	DeviceRule,
	MemoryResources,
	NetworkResources,
	RdmaResources,
	Resources,
} from './resources.js';

/**
 * What may be written where `Read` is read: numbers for integers of 64 bits (beyond 2^53 they have to be bigints), and
 * nothing of it is changed.
 */
export type Written<Read> = Read extends bigint
	? bigint | number
	: Read extends readonly (infer Element)[]
		? readonly Written<Element>[]
		: Read extends object
			? { readonly [Name in keyof Read]: Written<Read[Name]> }
			: Read;

/** A {@link Spec} as a plain object: what `defineSpec` makes, and what `create`, `run` and `plan` take in place of a bundle. */
export interface SpecInput {
	/** As {@link Spec.ociVersion}. */
	readonly ociVersion: string;
	/** As {@link Spec.root}; the path is absolute, for there is no bundle that it could begin at. */
	readonly root: Written<Root>;
	/** As {@link Spec.process}. */
	readonly process?: Written<Process> | undefined;
	/** As {@link Spec.hostname}. */
	readonly hostname?: string | undefined;
	/** As {@link Spec.domainname}. */
	readonly domainname?: string | undefined;
	/** As {@link Spec.mounts}. */
	readonly mounts?: readonly Written<Mount>[] | undefined;
	/** As {@link Spec.hooks}. */
	readonly hooks?: Written<Hooks> | undefined;
	/** As {@link Spec.annotations}. */
	readonly annotations?: Readonly<Record<string, string>> | undefined;
	/** As {@link Spec.linux}. */
	readonly linux?: Written<Linux> | undefined;
}

/** {@link Resources} as a plain object, as `update` takes them. */
export interface ResourcesInput {
	/** As {@link Resources.devices}. */
	readonly devices?: readonly Written<DeviceRule>[] | undefined;
	/** As {@link Resources.memory}. */
	readonly memory?: Written<MemoryResources> | undefined;
	/** As {@link Resources.cpu}. */
	readonly cpu?: Written<CpuResources> | undefined;
	/** As {@link Resources.pids}. */
	readonly pids?: { readonly limit?: number | bigint | undefined } | undefined;
	/** As {@link Resources.blockIO}. */
	readonly blockIO?: Written<BlockIOResources> | undefined;
	/** As {@link Resources.hugepageLimits}. */
	readonly hugepageLimits?: readonly { readonly pageSize: string; readonly limit: number | bigint }[] | undefined;
	/** As {@link Resources.network}. */
	readonly network?: Written<NetworkResources> | undefined;
	/** As {@link Resources.rdma}. */
	readonly rdma?: Readonly<Record<string, Written<RdmaResources>>> | undefined;
	/** As {@link Resources.unified}. */
	readonly unified?: Readonly<Record<string, string>> | undefined;
}
