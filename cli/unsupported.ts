import { TsrunError } from '../lib/index.js';

/** The error of a verb whose options are known, so that callers can ask for them, but which is not performed yet. */
export function unsupported(verb: string): TsrunError {
	return new TsrunError('ERR_CONFIG_UNSUPPORTED', `${verb} is not supported by this version of tsrun`);
}
