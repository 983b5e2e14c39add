import { TsrunError } from '../errors/index.js';
import { Message } from './protobuf.js';
import { requestTypes } from './request.js';

/** What CRIU says: the end of a request, or, in the middle of one, that something is about to happen. */
export interface CriuResponse {
	readonly type: number;
	readonly success: boolean;
	readonly notification: { readonly script: string; readonly pid: number } | undefined;
	/** Of a failure: errno, or 0. */
	readonly errno: number;
	readonly message: string | undefined;
	/** 31700 for 3.17; of a request for the version. */
	readonly version: number | undefined;
	readonly features: { readonly memoryTracking: boolean; readonly lazyPages: boolean };
}

/** @throws TsrunError ERR_CRIU for bytes that are no answer */
export function decodeResponse(bytes: Buffer): CriuResponse {
	try {
		const message = new Message(bytes);
		const notify = message.message(5);
		const features = message.message(8);
		return {
			type: message.number(1) ?? 0,
			success: message.flag(2),
			notification:
				message.number(1) === requestTypes.notify
					? { script: notify?.text(1) ?? '', pid: notify?.number(2) ?? 0 }
					: undefined,
			errno: message.number(7) ?? 0,
			message: message.text(9),
			version: versionOf(message.message(10)),
			features: { memoryTracking: features?.flag(1) ?? false, lazyPages: features?.flag(2) ?? false },
		};
	} catch (cause) {
		throw new TsrunError('ERR_CRIU', `CRIU answers ${bytes.length} bytes that are no message of its protocol`, {
			cause,
		});
	}
}

function versionOf(version: Message | undefined): number | undefined {
	if (version === undefined) return undefined;
	const number = (version.number(1) ?? 0) * 10_000 + (version.number(2) ?? 0) * 100 + (version.number(4) ?? 0);
	// Built from a commit after a release: what is in the next one may be there already.
	return version.text(3) === undefined ? number : Math.ceil((number + 1) / 100) * 100;
}
