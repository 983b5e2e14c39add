import { errnoName } from '../errors/index.js';
import type { CriuResponse } from './response.js';

/** The reason that CRIU itself gives for a failure; '' where it gives none. */
export function reasonOf({ message, errno }: Pick<CriuResponse, 'message' | 'errno'>): string {
	if (message !== undefined && message !== '') return message.trim();
	return errno === 0 ? '' : errnoName(errno);
}

/** 31700 as people write it: 3.17. */
export function versionText(version: number): string {
	const sublevel = version % 100;
	return `${Math.floor(version / 10_000)}.${Math.floor(version / 100) % 100}${sublevel === 0 ? '' : `.${sublevel}`}`;
}
