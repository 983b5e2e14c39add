import type { core } from 'zod/mini';
import type { JsonPath } from './pointer.js';
import { showValue } from './show-value.js';

export interface SchemaFault {
	readonly path: JsonPath;
	readonly message: string;
}

/** zod's issues as faults; one issue can be several faults. */
export function schemaFaults(issues: readonly core.$ZodIssue[]): SchemaFault[] {
	return issues.flatMap((issue) => {
		const path = issue.path as JsonPath;
		if (issue.code !== 'unrecognized_keys') return [{ path, message: sentence(issue) }];
		return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a name that is known here' }));
	});
}

// The scalars word their faults themselves; what zod itself finds is the wrong kind of container.
function sentence(issue: core.$ZodIssue): string {
	if (issue.code !== 'invalid_type') return issue.message;
	if (issue.input === undefined) return 'is required';
	return `must be ${issue.expected === 'array' ? 'an array' : 'an object'}, found ${showValue(issue.input)}`;
}
