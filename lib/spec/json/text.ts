/**
 * The JSON text of a value as it is read from a config.json: integers of any size, members that are undefined left out.
 * JSON.stringify refuses bigints, and a number would have lost what is beyond 2^53.
 */
export function jsonText(value: unknown): string {
	if (typeof value === 'bigint') return value.toString();
	if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
	if (typeof value === 'object' && value !== null) {
		const members = Object.entries(value).filter(([, member]) => member !== undefined);
		return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`).join(',')}}`;
	}
	return JSON.stringify(value);
}
