import { parseVariantText } from '../../dbus/variant-text.js';
import { ConfigError, type ConfigFault, TsrunError } from '../../errors/index.js';
import { escapePart } from '../../spec/pointer.js';
import { property, type UnitProperty } from './unit-property.js';

const prefix = 'org.systemd.property.';

/** With these a unit would be another one than that in which the container is looked for. */
const ours = ['PIDs', 'PIDFDs', 'Slice', 'Delegate', 'DelegateSubgroup', 'Scope'];

/**
 * Properties of the unit that annotations ask for: `org.systemd.property.TimeoutStopUSec: "uint64 5000000"`, values in
 * GVariant's text format. Times may be given in seconds, by the names that unit files have (`TimeoutStopSec: "5"`).
 *
 * @throws ConfigError ERR_CONFIG_INVALID with everything that cannot be read
 */
export function annotationProperties(annotations: Readonly<Record<string, string>> = {}): UnitProperty[] {
	const faults: ConfigFault[] = [];
	const properties: UnitProperty[] = [];
	for (const [key, text] of Object.entries(annotations)) {
		if (!key.startsWith(prefix)) continue;
		try {
			properties.push(read(key.slice(prefix.length), text));
		} catch (error) {
			if (!(error instanceof TsrunError)) throw error;
			faults.push({ pointer: `/annotations/${escapePart(key)}`, message: error.message });
		}
	}
	if (faults.length > 0) throw new ConfigError('ERR_CONFIG_INVALID', 'config.json', faults);
	return properties;
}

function read(name: string, text: string): UnitProperty {
	if (!/^[A-Za-z]{3,}$/.test(name)) throw refused(`${JSON.stringify(name)} is no name of a property`);
	if (ours.includes(name)) throw refused(`${name} is not for a container to choose`);
	const { signature, value } = parseVariantText(text);
	if (!/[a-z]Sec$/.test(name)) return property(name, signature, value);
	if (typeof value !== 'number' && typeof value !== 'bigint') throw refused(`${text} is no number of seconds`);
	const microseconds = typeof value === 'bigint' ? value * 1_000_000n : BigInt(Math.round(value * 1e6));
	if (microseconds < 0n) throw refused(`${text} is no number of seconds`);
	return property(`${name.slice(0, -'Sec'.length)}USec`, 't', microseconds);
}

function refused(message: string): TsrunError {
	return new TsrunError('ERR_DBUS', message);
}
