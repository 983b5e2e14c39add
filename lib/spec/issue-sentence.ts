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

function sentence(issue: Exclude<core.$ZodIssue, core.$ZodIssueUnrecognizedKeys>): string {
	if (issue.code === 'custom')
		return needsFound(issue) ? `${issue.message}, found ${showValue(issue.input)}` : issue.message;
	if (issue.input === undefined) return 'is required';
	switch (issue.code) {
		case 'invalid_type':
			return `must be ${withArticle(issue.expected)}, found ${showValue(issue.input)}`;
		case 'invalid_value':
			return `must be ${oneOf(issue.values.map(String))}, found ${showValue(issue.input)}`;
		case 'too_small':
			return `must have at least ${issue.minimum === 1 ? 'one entry' : `${issue.minimum} entries`}`;
		default:
			return `${issue.message || 'is not valid'} (${issue.code})`;
	}
}

// A refinement states what is expected; the integer schemas have already said what they found.
function needsFound(issue: core.$ZodIssueCustom): boolean {
	return typeof issue.input === 'string' && issue.input !== '' && !issue.message.includes('found');
}

function withArticle(type: string): string {
	const noun = type === 'record' ? 'object' : type;
	return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function oneOf(names: readonly string[]): string {
	return names.length === 1 ? `${names[0]}` : `one of ${names.join(', ')}`;
}
