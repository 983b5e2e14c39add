/** What the state document of a container says beside its pid and status. */
export interface StateSubject {
	readonly id: string;
	readonly bundle: string;
	readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Version of the runtime-spec that state documents and features follow. */
export const stateSpecVersion = '1.3.0';

/**
 * The state that a hook reads on its standard input (runtime.md, "State"), as JSON text with a hole for the pid: who
 * runs the hook puts in the number that is true in the hook's own pid namespace. Compact and without a runtime's own
 * members, as the hooks in the field parse it.
 *
 * Before poststart the status is `created`: `creating` is step 2 of the lifecycle alone, the first hooks are its step 3.
 */
export function hookState(subject: StateSubject, status: string): { head: string; tail: string } {
	const before = { ociVersion: stateSpecVersion, id: subject.id, status };
	const after = {
		bundle: subject.bundle,
		...(Object.keys(subject.annotations ?? {}).length > 0 ? { annotations: subject.annotations } : {}),
	};
	return { head: `${JSON.stringify(before).slice(0, -1)},"pid":`, tail: `,${JSON.stringify(after).slice(1)}` };
}

/** The state of a container that is gone: there is no process to name. */
export function stoppedState(subject: StateSubject): string {
	const { head, tail } = hookState(subject, 'stopped');
	return `${head.slice(0, -',"pid":'.length)}${tail}`;
}
