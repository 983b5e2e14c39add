import type { CgroupMode, NetworkLock } from '../criu/request.js';

/** What {@link Container.checkpoint} and {@link Runtime.restore} have in common. What one was told, the other has to be told. */
export interface CriuSettings {
	/** Where CRIU keeps its log, and what it writes while it works. Default: with the images. */
	readonly workPath?: string | undefined;
	/** Keep established TCP connections. Without it, a container that has some cannot be saved. */
	readonly tcpEstablished?: boolean | undefined;
	/** Unix sockets whose other end is outside of the container: they are left unconnected, or connected by their name. */
	readonly extUnixSk?: boolean | undefined;
	/** The processes belong to a session, or have a terminal, from outside of the container. */
	readonly shellJob?: boolean | undefined;
	/** Keep file locks. Without it, a container that has some cannot be saved. */
	readonly fileLocks?: boolean | undefined;
	/** Drop pages from the images of earlier dumps that later ones hold as well. */
	readonly autoDedup?: boolean | undefined;
	/** Leave memory behind until it is touched: it is fetched by `criu lazy-pages`, from a page server. */
	readonly lazyPages?: boolean | undefined;
	/** How the cgroups that the container made below its own, and their limits, are restored. Default `soft`. */
	readonly manageCgroupsMode?: CgroupMode | undefined;
	/** By what packets are kept away while connections are saved. Default: CRIU's own choice, `iptables`. */
	readonly networkLock?: NetworkLock | undefined;
	/** Stops what is under way: a container that is being saved runs on, one that is being restored is gone. */
	readonly signal?: AbortSignal | undefined;
}

/** How a container is saved. */
export interface CheckpointOptions extends CriuSettings {
	/** The images of an earlier `preDump`, of which only changes are saved now; relative to the images. */
	readonly parentPath?: string | undefined;
	/** The container runs on. */
	readonly leaveRunning?: boolean | undefined;
	/** Save the memory alone, while the container runs on: a later checkpoint with `parentPath` stops it for a shorter time. */
	readonly preDump?: boolean | undefined;
	/** Leave out TCP connections that are not accepted yet. */
	readonly tcpSkipInFlight?: boolean | undefined;
	/** Give open files that have no name any more a name again. */
	readonly linkRemap?: boolean | undefined;
	/** Send memory to a page server (`criu page-server`) in place of writing it. */
	readonly pageServer?: { readonly address: string; readonly port: number } | undefined;
	/** Descriptor that gets a zero byte, and is closed, as soon as lazy pages can be fetched. */
	readonly statusFd?: number | undefined;
}
