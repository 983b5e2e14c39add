import { TsrunError } from '../errors/index.js';
import { capabilityNames } from '../plan/tables/capabilities.js';
import { callNames } from './calls.js';
import type { Report } from './message.js';

/**
 * Words the helper's remark that the kernel did not grant everything.
 *
 * @param report the mask of what was left out as its text, in hexadecimal; the call that asked for it
 * @throws TsrunError ERR_NATIVE when it is another remark
 */
export function refusedCapabilities(report: Report): string {
	if (!/^[0-9a-f]{1,16}$/.test(report.text)) {
		throw new TsrunError(
			'ERR_NATIVE',
			`the init helper warns of ${JSON.stringify(report.text)}, which is no capabilities`,
		);
	}
	const mask = BigInt(`0x${report.text}`);
	const names: readonly string[] = capabilityNames;
	const refused = Array.from({ length: 64 }, (_, number) => number)
		.filter((number) => (mask >> BigInt(number)) & 1n)
		.map((number) => names[number] ?? `capability ${number}`);
	// capset(2) is asked for the sets proper, prctl(2) for the ambient one.
	return callNames[report.call] === 'capset'
		? `going on without ${refused.join(', ')}: the runtime lacks it, or it is effective without being permitted, or inheritable without being in the bounding set`
		: `can't raise ambient capability ${refused.join(', ')}: an ambient one has to be permitted and inheritable as well`;
}
