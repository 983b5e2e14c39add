/** What a line of a schemata file says of one resource: `L3:0=7f0;1=1f`. Values by the id of the cache or the node. */
interface Allocation {
	readonly resource: string;
	readonly values: ReadonlyMap<string, string>;
}

function parseLine(line: string): Allocation | undefined {
	const colon = line.indexOf(':');
	if (colon === -1) return undefined;
	const values = new Map<string, string>();
	for (const part of line.slice(colon + 1).split(';')) {
		const [id = '', value = ''] = part.split('=');
		if (id.trim() !== '') values.set(plain(id), plain(value));
	}
	return { resource: line.slice(0, colon).trim(), values };
}

// The kernel writes masks without zeros in front and numbers in columns, whatever was written to it.
function plain(number: string): string {
	return number
		.trim()
		.toLowerCase()
		.replace(/^0+(?=.)/, '');
}

/**
 * The first line that does not hold.
 *
 * @param lines as they would be written: a later one of the same resource replaces an earlier one
 * @param schemata text of the file
 * @returns undefined when all hold; ids that no line names may have any value
 */
export function differingLine(lines: readonly string[], schemata: string): string | undefined {
	const held = byResource(schemata.split('\n'));
	const asked = byResource(lines);
	for (const [resource, { line, values }] of asked) {
		const now = held.get(resource)?.values;
		if (now === undefined || [...values].some(([id, value]) => now.get(id) !== value)) return line;
	}
	return undefined;
}

function byResource(lines: readonly string[]): Map<string, Allocation & { readonly line: string }> {
	const found = new Map<string, Allocation & { readonly line: string }>();
	for (const line of lines) {
		const allocation = parseLine(line);
		if (allocation === undefined) continue;
		const { resource } = allocation;
		const values = new Map([...(found.get(resource)?.values ?? []), ...allocation.values]);
		found.set(resource, { resource, values, line });
	}
	return found;
}
