import { ConfigError } from '../../../lib/errors/index.js';

/** The ConfigError that an act ends in; any other ending fails the test. */
export function refusal(act: () => unknown): ConfigError {
	try {
		act();
	} catch (error) {
		if (error instanceof ConfigError) return error;
		throw error;
	}
	throw new Error('nothing was refused');
}
