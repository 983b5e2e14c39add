import { TsrunError } from '../../lib/index.js';

/** The error of an attempt that has to fail. A container that came of it all the same is deleted before the test fails. */
export async function failureOf(attempt: Promise<unknown>): Promise<TsrunError> {
	let made: unknown;
	try {
		made = await attempt;
	} catch (error) {
		if (error instanceof TsrunError) return error;
		throw error;
	}
	if (typeof made === 'object' && made !== null && Symbol.asyncDispose in made) {
		await (made as AsyncDisposable)[Symbol.asyncDispose]();
	}
	throw new Error('what should have failed has succeeded');
}
