import type { ErrorCode } from './codes.js';

/** A place in a file that a person edits; line and column count from 1. */
export interface SourcePlace {
	/** As it was named to the library. */
	readonly file: string;
	/** From 1 on. */
	readonly line: number;
	/** From 1 on. */
	readonly column: number;
}

/** What is known of a failure beside its code and message. */
export interface ErrorDetails {
	/** JSON pointer (RFC 6901) into config.json of the value that asked for the failed step. */
	readonly pointer?: string | undefined;
	/** That value's place in the file. */
	readonly where?: SourcePlace | undefined;
	/** What the plan was doing, in words. */
	readonly step?: string | undefined;
	/** Name of the system call that failed, as in its manual page. */
	readonly syscall?: string | undefined;
	/** Symbolic errno, such as `EPERM`. */
	readonly errno?: string | undefined;
	/** What the system call was about. */
	readonly path?: string | undefined;
	/** One sentence: what a person can do about it. */
	readonly hint?: string | undefined;
	/** Id of the container. */
	readonly containerId?: string | undefined;
	/** The error behind it. */
	readonly cause?: unknown;
	/** What failed while the operation was being undone. */
	readonly also?: readonly Error[] | undefined;
}

/**
 * The one error class of tsrun: what was being done, on whose request, what the kernel said, what to do.
 * `message` is a complete sentence fragment on its own; the other members are for programs and for rendering.
 */
export class TsrunError extends Error {
	/** `TsrunError`. */
	override readonly name: string = 'TsrunError';
	/** What kind of failure it is; docs/errors.md has them all. */
	readonly code: ErrorCode;
	/** JSON pointer (RFC 6901) into config.json of the value that asked for the failed step. */
	readonly pointer: string | undefined;
	/** That value's place in the file. */
	readonly where: SourcePlace | undefined;
	/** What the plan was doing, in words. */
	readonly step: string | undefined;
	/** Name of the system call that failed, as in its manual page. */
	readonly syscall: string | undefined;
	/** Symbolic errno, such as `EPERM`. */
	readonly errno: string | undefined;
	/** What the system call was about. */
	readonly path: string | undefined;
	/** One sentence: what a person can do about it. */
	readonly hint: string | undefined;
	/** Id of the container. */
	readonly containerId: string | undefined;
	/** What failed while the operation was being undone. */
	readonly also: readonly Error[];

	/**
	 * Errors come from the library.
	 *
	 * @param message a sentence fragment that is complete by itself
	 */
	constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
		super(message, details.cause === undefined ? undefined : { cause: details.cause });
		this.code = code;
		this.pointer = details.pointer;
		this.where = details.where;
		this.step = details.step;
		this.syscall = details.syscall;
		this.errno = details.errno;
		this.path = details.path;
		this.hint = details.hint;
		this.containerId = details.containerId;
		this.also = details.also ?? [];
	}

	/** The same error with more details; details already known win, `also` grows. */
	with(details: ErrorDetails): TsrunError {
		const merged = new TsrunError(this.code, this.message, {
			pointer: this.pointer ?? details.pointer,
			where: this.where ?? details.where,
			step: this.step ?? details.step,
			syscall: this.syscall ?? details.syscall,
			errno: this.errno ?? details.errno,
			path: this.path ?? details.path,
			hint: this.hint ?? details.hint,
			containerId: this.containerId ?? details.containerId,
			cause: this.cause ?? details.cause,
			also: [...this.also, ...(details.also ?? [])],
		});
		if (this.stack !== undefined) merged.stack = this.stack;
		return merged;
	}
}

/** One thing that is wrong with a config.json. */
export interface ConfigFault {
	/** JSON pointer (RFC 6901) of the value; empty: the document. */
	readonly pointer: string;
	/** Its place; there is none in a config that is an object. */
	readonly where?: SourcePlace | undefined;
	/** What is wrong with it, to be read after the pointer. */
	readonly message: string;
	/** One sentence: what a person can do about it. */
	readonly hint?: string | undefined;
}

/** The codes that a {@link ConfigError} can carry. */
export type ConfigErrorCode =
	| 'ERR_CONFIG_SYNTAX'
	| 'ERR_CONFIG_INVALID'
	| 'ERR_CONFIG_UNSUPPORTED'
	| 'ERR_HOST_UNSUPPORTED';

/** A config.json (or process.json) that cannot be used; carries every fault found, in file order. */
export class ConfigError extends TsrunError {
	/** `ConfigError`. */
	override readonly name: string = 'ConfigError';
	/** All that is wrong, in file order. */
	readonly faults: readonly ConfigFault[];

	/**
	 * Errors come from the library.
	 *
	 * @param file how the document is named where a fault has no place
	 */
	constructor(code: ConfigErrorCode, file: string, faults: readonly ConfigFault[]) {
		const [first] = faults;
		super(code, faults.map((fault) => `${placeOf(fault, file)}: ${fault.message}`).join('\n'), {
			pointer: first?.pointer,
			where: first?.where,
			path: file,
			hint: first?.hint,
		});
		this.faults = faults;
	}

	/** The same faults in this file, each with its place. */
	placedIn(file: string, placeOf: (pointer: string) => SourcePlace | undefined): ConfigError {
		const faults = this.faults.map((fault) => ({ ...fault, where: fault.where ?? placeOf(fault.pointer) }));
		return new ConfigError(this.code as ConfigErrorCode, file, faults);
	}

	/** A config error says everything in its faults. */
	override with(): this {
		return this;
	}
}

function placeOf(fault: ConfigFault, file: string): string {
	const place = fault.where ? `${fault.where.file}:${fault.where.line}:${fault.where.column}` : file;
	return fault.pointer === '' ? place : `${place}: ${fault.pointer}`;
}
