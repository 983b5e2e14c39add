import { type HintRule, hintRules } from './hint-rules.js';

/** What is known of a failed system call. */
export interface Failure {
	/** Name of the plan's step, such as `mount` or `write_id_maps`. */
	readonly operation?: string | undefined;
	readonly syscall?: string | undefined;
	/** Symbolic errno. */
	readonly errno: string;
	readonly path?: string | undefined;
	/** What kind of thing the operation works on: of a mount, the type of the file system. */
	readonly kind?: string | undefined;
	readonly context?: FailureContext | undefined;
}

export interface FailureContext {
	/** The runtime is not the machine's root. */
	readonly rootless?: boolean;
	/** The container is in a user namespace of its own, or the runtime is in one. */
	readonly userNamespace?: boolean;
}

/**
 * One sentence on what a person can do about a failed call; undefined where there is nothing to say that the errno does
 * not say itself.
 */
export function hintFor(failure: Failure): string | undefined {
	return hintRules.find((rule) => fits(rule, failure))?.hint;
}

function fits(rule: HintRule, { operation, syscall, errno, kind, context = {} }: Failure): boolean {
	return (
		rule.errno.includes(errno) &&
		includes(rule.operation, operation) &&
		includes(rule.syscall, syscall) &&
		includes(rule.kind, kind) &&
		(rule.context?.rootless === undefined || rule.context.rootless === context.rootless) &&
		(rule.context?.userNamespace === undefined || rule.context.userNamespace === context.userNamespace)
	);
}

function includes(wanted: readonly string[] | undefined, found: string | undefined): boolean {
	return wanted === undefined || (found !== undefined && wanted.includes(found));
}
