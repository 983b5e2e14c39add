import { resolve } from '../paths.js';
import type { CriuSettings } from './checkpoint-options.js';

/** What both verbs are told, with absolute paths. */
export function criuSettings(imagePath: string, options: CriuSettings) {
	const { workPath, extUnixSk, manageCgroupsMode } = options;
	return {
		imagePath: resolve(imagePath),
		workPath: workPath === undefined ? undefined : resolve(workPath),
		tcpEstablished: options.tcpEstablished,
		externalUnixSockets: extUnixSk,
		shellJob: options.shellJob,
		fileLocks: options.fileLocks,
		autoDedup: options.autoDedup,
		lazyPages: options.lazyPages,
		cgroupMode: manageCgroupsMode,
		networkLock: options.networkLock,
		signal: options.signal,
	};
}
