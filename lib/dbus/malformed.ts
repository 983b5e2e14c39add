import { TsrunError } from '../errors/index.js';

/** The error of bytes, or of values, that D-Bus cannot have. */
export function malformed(message: string): TsrunError {
	return new TsrunError('ERR_DBUS', `D-Bus: ${message}`);
}
