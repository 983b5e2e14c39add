import { encodeMessage, type Field } from './protobuf.js';

/** criu_req_type of CRIU's protocol. */
export const requestTypes = {
	dump: 1,
	restore: 2,
	preDump: 4,
	notify: 6,
	featureCheck: 9,
	version: 10,
} as const;

/** How CRIU treats the cgroups of what it saves; criu_cg_mode. */
export const cgroupModes = { ignore: 0, soft: 3, full: 4, strict: 5 } as const;

/** How CRIU treats the cgroups of what it saves. */
export type CgroupMode = keyof typeof cgroupModes;

/** By what CRIU keeps packets away while TCP connections are saved; criu_network_lock_method. */
export const networkLocks = { iptables: 1, nftables: 2, skip: 3 } as const;

/** By what CRIU keeps packets away while TCP connections are saved. */
export type NetworkLock = keyof typeof networkLocks;

/** What of CRIU's options is used. The member names are ours where CRIU's say less. */
export interface CriuOptions {
	/** Descriptor of ours: CRIU opens it by our entry in /proc. */
	readonly imagesDirectory: number;
	/** The same, for logs. */
	readonly workDirectory?: number | undefined;
	readonly logFile: string;
	/** Of the tree to save. */
	readonly pid?: number | undefined;
	readonly root?: string | undefined;
	readonly leaveRunning?: boolean | undefined;
	readonly tcpEstablished?: boolean | undefined;
	readonly tcpSkipInFlight?: boolean | undefined;
	readonly tcpClose?: boolean | undefined;
	readonly linkRemap?: boolean | undefined;
	readonly externalUnixSockets?: boolean | undefined;
	readonly shellJob?: boolean | undefined;
	readonly fileLocks?: boolean | undefined;
	readonly autoDedup?: boolean | undefined;
	readonly lazyPages?: boolean | undefined;
	/** CLONE_NEW* of namespaces that are made anew instead of filled. */
	readonly emptyNamespaces?: number | undefined;
	readonly parentImages?: string | undefined;
	readonly trackMemory?: boolean | undefined;
	readonly pageServer?: { readonly address: string; readonly port: number } | undefined;
	readonly freezeCgroup?: string | undefined;
	readonly cgroupMode?: CgroupMode | undefined;
	/** The hierarchies whose cgroups are saved, as the lines of /proc/PID/cgroup call them; all where none is named. */
	readonly cgroupHierarchies?: readonly string[] | undefined;
	/** By controller: where the cgroups of a restored tree begin. */
	readonly cgroupRoots?: readonly { readonly controller: string; readonly path: string }[] | undefined;
	/** Mounts from outside: at dump by mount point the name they get, at restore by name the path they come from. */
	readonly externalMounts?: ReadonlyMap<string, string> | undefined;
	/** Other things from outside, in the words of CRIU's --external. */
	readonly external?: readonly string[] | undefined;
	/** By name: descriptors of the CRIU process that a restored tree gets. */
	readonly inherited?: ReadonlyMap<string, number> | undefined;
	readonly joinedNamespaces?: readonly { readonly name: string; readonly path: string }[] | undefined;
	/** Restore as a child of our own. */
	readonly asSibling?: boolean | undefined;
	readonly evasiveDevices?: boolean | undefined;
	readonly configFile?: string | undefined;
	readonly lsmProfile?: string | undefined;
	readonly lsmMountContext?: string | undefined;
	readonly networkLock?: NetworkLock | undefined;
}

/** Everything is told: what stands out is found among it. */
const logLevel = 4;

/** Asks which CRIU it is. The conversation goes on after it (`keep_open`), so that one process answers all. */
export function encodeVersionRequest(): Buffer {
	return encodeMessage([
		[1, requestTypes.version],
		[4, true],
	]);
}

/** Asks whether the kernel and CRIU can tell which pages have changed, or fetch pages late. */
export function encodeFeatureCheck(feature: 'memoryTracking' | 'lazyPages'): Buffer {
	const features = encodeMessage([[feature === 'memoryTracking' ? 1 : 2, true]]);
	return encodeMessage([
		[1, requestTypes.featureCheck],
		[4, true],
		[5, features],
	]);
}

/** The answer to a notification: whether CRIU may go on. */
export function encodeNotified(success: boolean): Buffer {
	return encodeMessage([
		[1, requestTypes.notify],
		[3, success],
	]);
}

/** A request to save or restore; the numbers of the fields are those of CRIU's images/rpc.proto. */
export function encodeWork(type: 'dump' | 'preDump' | 'restore', options: CriuOptions): Buffer {
	return encodeMessage([
		[1, requestTypes[type]],
		[2, encodeMessage(optionFields(options))],
	]);
}

function optionFields(options: CriuOptions): Field[] {
	return [
		[1, options.imagesDirectory],
		[2, options.pid],
		[3, options.leaveRunning],
		[4, options.externalUnixSockets],
		[5, options.tcpEstablished],
		[6, options.evasiveDevices],
		[7, options.shellJob],
		[8, options.fileLocks],
		[9, logLevel],
		[10, options.logFile],
		[11, options.pageServer && pair(options.pageServer.address, options.pageServer.port)],
		[12, true],
		[13, options.root],
		[14, options.parentImages],
		[15, options.trackMemory],
		[16, options.autoDedup],
		[17, options.workDirectory],
		[18, options.linkRemap],
		[23, [...(options.externalMounts ?? [])].map(([name, value]) => pair(name, value))],
		[24, options.cgroupMode !== undefined],
		[25, options.cgroupRoots?.map(({ controller, path }) => pair(controller, path))],
		[26, options.asSibling],
		[27, [...(options.inherited ?? [])].map(([name, descriptor]) => pair(name, descriptor))],
		[34, options.cgroupMode && cgroupModes[options.cgroupMode]],
		[37, options.external],
		[38, options.emptyNamespaces],
		[39, options.joinedNamespaces?.map(({ name, path }) => pair(name, path))],
		[43, options.cgroupHierarchies],
		[44, options.freezeCgroup],
		[46, options.tcpSkipInFlight],
		[48, options.lazyPages],
		// The terminals of a container, whose other ends are outside: they come back by a notification.
		[50, true],
		[51, options.configFile],
		[52, options.tcpClose],
		[53, options.lsmProfile],
		[63, options.lsmMountContext],
		[64, options.networkLock && networkLocks[options.networkLock]],
	];
}

/** A nested message whose first two fields these are. */
function pair(first: string, second: string | number): Buffer {
	return encodeMessage([
		[1, first],
		[2, second],
	]);
}
