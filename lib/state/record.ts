import type { ContainerRecord } from './record-schema.js';

export type { ContainerRecord };

/** The version of state.json this code writes. It grows when an older tsrun would misread the file. */
export const recordVersion = 1;

/** The text of state.json. Integers beyond 2^53 have no place in a record: they are kept as decimal strings. */
export function serializeRecord(record: ContainerRecord): string {
	return `${JSON.stringify(record)}\n`;
}

/**
 * Reads the text of a state.json. Members this version does not know are kept, so that a rewrite does not lose them.
 *
 * @param path of the file, for the error
 * @throws TsrunError ERR_STATE_CORRUPT when it is not JSON, not a record, or written by a newer version
 */
export async function parseRecord(text: string, path: string): Promise<ContainerRecord> {
	// create writes records and reads none; it should not pay for the schema.
	const { checkRecord } = await import('./record-schema.js');
	return checkRecord(text, path, recordVersion);
}
