/**
 * The whole surface of the addon. Every function is synchronous and short; one that fails throws a {@link SystemError}.
 * All descriptors it makes are close-on-exec. `undefined` where a result is expected means: not now (EAGAIN).
 */
export interface Native {
	readonly interfaceVersion: number;
	readonly wireVersion: number;

	/** Now, in microseconds since 1970: CLOCK_REALTIME, with what the clock has below a microsecond. */
	wallClock(): number;

	/** Starts the init helper; `fds[i]` becomes its descriptor i (-1: /dev/null), every other one is closed. */
	spawnInit(request: SpawnRequest): Spawned;
	/**
	 * A thread that will start one helper. It makes new namespaces first, of kinds that belong to no others: CLONE_NEWNET,
	 * CLONE_NEWIPC, CLONE_NEWUTS.
	 */
	spawnAhead(flags: bigint): Spawner;
	/** It will start none; without effect where it was asked to. */
	spawnGiveUp(spawner: Spawner): void;
	/** Starts the helper in a thread: gives a descriptor that becomes readable when it is done. The `fds` stay open until then. */
	spawnInitBegin(request: SpawnRequest, spawner?: Spawner): number;
	/** Blocks the thread until that descriptor is readable: for as long as the kernel takes. */
	spawnInitAwait(answer: number): void;
	/** What came of it; called once, when that descriptor is readable. */
	spawnInitEnd(answer: number): Spawned;
	pidfdOpen(pid: number): number;
	pidfdSendSignal(pidfd: number, signal: number): void;
	/** Takes the exit of one child; undefined while it runs; throws ECHILD for what is no child of ours. */
	reap(pid: number): Exit | undefined;
	/** Takes the exit of any ended child, orphans included, but for those in `kept`. */
	reapAny(kept: readonly number[]): Exit | undefined;
	setSubreaper(on: boolean): void;
	getSubreaper(): boolean;
	/** pid 0 is the caller; 2^64-1 is "unlimited". */
	prlimit(pid: number, resource: number, soft: bigint, hard: bigint): void;

	/** Anonymous file with these bytes, sealed against every change, offset 0. */
	sealedMemfd(name: string, bytes: Uint8Array): number;
	/** SOCK_SEQPACKET; the first end is non-blocking, the second is not. */
	socketPair(): [host: number, other: number];
	/** Both ends blocking. */
	pipe(): [reader: number, writer: number];
	/** One message with descriptors, never blocks; false: the queue is full. */
	send(fd: number, bytes: Uint8Array, fds: readonly number[]): boolean;
	/** One message of at most `max` bytes, never blocks; empty data without descriptors: the peer has closed. */
	receive(fd: number, max: number): Message | undefined;
	/** Sockets of any path length, non-blocking; a listener's file has mode 0600. `@name` is the abstract address of a dgram. */
	listenUnix(path: string, type: SocketType): number;
	connectUnix(path: string, type: SocketType): number;
	/** A non-blocking NETLINK_ROUTE socket of a network namespace, given by a descriptor; -1: the caller's own. */
	routeSocket(namespace: number): number;
	accept(listener: number): number | undefined;

	/** One attempt; false: somebody else has the lock. */
	flock(fd: number, exclusive: boolean): boolean;
	/** A descriptor that becomes readable (an i32: 0 or errno) when the lock is held; closing it gives the wait up. */
	flockWait(fd: number, exclusive: boolean): number;
	/** Watches a descriptor once, see watch.ts; throws EPERM for files that are always ready. */
	watchAdd(fd: number, events: number, callback: (events: number) => void): number;
	watchArm(id: number): void;
	watchRemove(id: number): void;
	watchReference(id: number, on: boolean): void;
	/** Blocks for at most so many milliseconds (-1: for good) until a descriptor is ready; false: it is not, or a signal came. */
	poll(fd: number, events: number, timeoutMs: number): boolean;
	/** A non-blocking eventfd(2) at 0. */
	eventfd(): number;

	read(fd: number, buffer: Uint8Array, offset: number, length: number): number | undefined;
	write(fd: number, buffer: Uint8Array, offset: number, length: number): number | undefined;
	/**
	 * A regular file, or one of procfs or cgroupfs, as text or bytes. EISDIR, EINVAL: it is something else. EFBIG: it is longer
	 * than `most` bytes. Undefined, if `absentIsUndefined`: it is not there, or what it is about has gone.
	 */
	readFile(path: string, flags: number, most: number, absentIsUndefined: boolean, asBytes: false): string | undefined;
	readFile(path: string, flags: number, most: number, absentIsUndefined: boolean, asBytes: true): Buffer | undefined;
	/** Of a file that is there. */
	writeFile(path: string, content: string | Uint8Array): void;
	/** Of a file that is not there yet; none is left where it fails. */
	createFile(path: string, content: string | Uint8Array, mode: number): void;
	/** Writes a new file and gives it the name of the old one; readers see one of the two. */
	replaceFile(path: string, temporary: string, content: string | Uint8Array, mode: number): void;
	open(path: string, flags: number, mode: number): number;
	close(fd: number): void;
	/** Device, inode, mode, links, uid, gid, size; undefined where there is nothing. */
	status(file: string | number, follow: boolean): readonly number[] | undefined;
	/** Name and type (DT_*) of each entry in turn. */
	readDirectory(path: string): readonly (string | number)[];
	/** Pids of a cgroup and of all below it, in no order; none where it does not exist. */
	cgroupTreeProcesses(directory: string): readonly number[];
	/** Removes the cgroups below one, whatever their names and however deep they are; EBUSY while one of them has processes. */
	removeCgroupsBelow(directory: string): void;
	/** Writes on a cgroup that it was made for the containers in it; whether the kernel keeps that. */
	markCgroup(directory: string): boolean;
	/** Removes the cgroups above one, up to the first that is not marked or that somebody uses. */
	removeMarkedCgroupsAbove(directory: string): void;
	mkdir(path: string, mode: number): void;
	rmdir(path: string): void;
	unlink(path: string): void;
	/** Puts a file in the place of another one, if there is one; readers see one of the two. */
	takePlace(path: string, other: string): void;
	chmod(path: string, mode: number): void;
	access(path: string, mode: number): void;
	exists(path: string): boolean;
	openat2(directory: number, path: string, flags: number, mode: number, resolve: bigint): number;
	/** Of the open file description, which other processes may share. */
	setNonBlocking(fd: number, on: boolean): void;
	setCloexec(fd: number, on: boolean): void;
	dupCloexec(fd: number, lowest: number): number;
	/** The magic number of the file system, statfs(2). */
	statfsType(file: string | number): number;
	openTree(path: string, flags: number): number;
	/** A detached mount of a new file system; options as `key=value` or `flag`. `path` of the error says what was refused, and why. */
	newMount(type: string, source: string, options: readonly string[]): number;
	/** Takes the topmost mount at a path away, with all below it, and from nobody else. */
	detachMount(path: string): void;
	mountIdmap(tree: number, userNamespace: number, recursive: boolean): void;
	/** Descriptor of a new user namespace without processes; the maps are written as they are. */
	userNamespace(uidMap: string, gidMap: string): number;

	getWindowSize(fd: number): WindowSize;
	setWindowSize(fd: number, rows: number, columns: number): void;
	/** The settings before, for restoreTerminal. */
	makeRaw(fd: number): Uint8Array;
	restoreTerminal(fd: number, saved: Uint8Array): void;
	/** Switches ONLCR off: "\n" is not printed as "\r\n". A master's settings are those of the terminal behind it. */
	keepNewlines(fd: number): void;

	/**
	 * Has a program of type CGROUP_DEVICE, `struct bpf_insn`s in a row, verified by the kernel, which takes its time. The last few stay
	 * loaded, for {@link setDeviceProgram}, which raises the limit of locked memory where Linux before 5.11 wants that.
	 */
	loadDeviceProgram(instructions: Uint8Array): void;
	/** Puts such a program in the place of those that a cgroup has. */
	setDeviceProgram(cgroup: string, instructions: Uint8Array): void;

	/** The libseccomp that is linked in, and the token of this machine's architecture; undefined in a build without it. */
	seccompLibrary(): { readonly version: string; readonly architecture: number } | undefined;
	/** Numbers of all names on the first architecture, then on the next; below 0 where there is no such call on it. */
	seccompResolve(names: readonly string[], architectures: readonly number[]): Int32Array;
	seccompCallName(architecture: number, number: number): string | undefined;
	/** The BPF program, `struct sock_filter`s in a row; `path` of the error is the call whose rule was refused. */
	seccompCompile(request: SeccompRequest): Uint8Array;
	/** Whether this kernel knows these SECCOMP_FILTER_FLAG_* together. */
	seccompKnowsFlags(flags: number): boolean;
	/** The next call that waits for an answer. */
	seccompReceive(listener: number): SeccompNotification | undefined;
	/** `error` is 0 or a negative errno. False: the caller is gone. */
	seccompRespond(listener: number, id: bigint, value: bigint, error: number, goOn: boolean): boolean;
	/** Whether the caller still waits: what was looked at by its pid before was its own. */
	seccompPending(listener: number, id: bigint): boolean;
	/** Copies a descriptor into the caller; `send`: and answers the call with its number there. Undefined: the caller is gone. */
	seccompAddDescriptor(listener: number, id: bigint, fd: number, flags: number, send: boolean): number | undefined;
	/** Copies memory of another process; returns how many bytes were readable. */
	readMemory(pid: number, address: bigint, into: Uint8Array): number;
	/** Of a single thread; EINVAL before Linux 6.9. */
	pidfdOpenThread(tid: number): number;
	pidfdGetfd(pidfd: number, fd: number): number;
}

export interface SeccompRequest {
	readonly defaultAction: number;
	/** Tokens (SCMP_ARCH_*) beside this machine's own. */
	readonly architectures: readonly number[];
	/** A binary tree in place of a chain. */
	readonly optimize: boolean;
	/** For each rule 64-bit words in the machine's byte order: call, action, number of conditions, and for each of these argument, operator, operands. */
	readonly rules: Uint8Array;
}

/** struct seccomp_notif. */
export interface SeccompNotification {
	readonly id: bigint;
	/** Of the calling thread. */
	readonly pid: number;
	readonly number: number;
	/** AUDIT_ARCH_*. */
	readonly architecture: number;
	readonly instruction: bigint;
	/** Six of them, whatever the call takes. */
	readonly args: readonly bigint[];
}

export type SocketType = 'stream' | 'seqpacket' | 'dgram';

/** A thread of the addon's, which is given up when nobody refers to it any more. */
export type Spawner = object & { readonly spawner: never };

export interface SpawnRequest {
	/** CLONE_NEW* flags; all but CLONE_NEWTIME, which clone3 takes from nobody who shares memory. */
	readonly flags: bigint;
	/** Directory of the cgroup (v2) to be born in, or -1. */
	readonly cgroup: number;
	readonly fds: readonly number[];
	/** How many of `fds`, from 3 on, the user's program gets: argv[1] of the helper. */
	readonly preserved: number;
	/** A socket whose other end is in `fds`, next after those that are preserved; or -1. */
	readonly channel: number;
	/** What goes there as soon as the helper is in the cgroup; nothing, if it is not put there by the clone. */
	readonly message: Uint8Array;
}

export interface Spawned {
	readonly pid: number;
	readonly pidfd: number;
	/**
	 * False when the kernel, or a seccomp profile around us, has no clone3, or kills what is cloned into that cgroup: it is
	 * still to be entered.
	 */
	readonly intoCgroup: boolean;
	/** The message was sent. */
	readonly told: boolean;
}

/** signal 0: ended by itself, with `code`; otherwise `code` is 0. */
export interface Exit {
	readonly pid: number;
	readonly code: number;
	readonly signal: number;
}

export interface Message {
	readonly data: Buffer;
	/** The receiver's to close. */
	readonly fds: number[];
}

export interface WindowSize {
	readonly rows: number;
	readonly columns: number;
}
