export { delay, longestDelayMs } from './delay.js';
export {
	makeDirectories,
	makeDirectory,
	readTextFile,
	readTextFileIfThere,
	removeDirectory,
	removeFile,
	removeTree,
	takePlace,
	writeFileAtomic,
	writeNewFile,
} from './files.js';
export { openNamespaceFile } from './namespace-file.js';
export {
	type CgroupMembership,
	type IdMapping,
	type MountInfo,
	type ProcessStat,
	parseIdMap,
	parseMountInfo,
	parseMountInfoLine,
	parseProcessCgroup,
	parseProcessStat,
	parseProcessStatus,
	readMountInfo,
	readProcessCgroup,
	readProcessIdentity,
	readProcessStat,
	unescapeMountField,
} from './proc.js';
export { parseSignal, signalName, signalNumber } from './signals.js';
export { errnoOf, systemFailure } from './system-failure.js';
export { UndoStack } from './undo-stack.js';
export { unlessAborted } from './unless-aborted.js';
export { parseUserName, userName } from './users.js';
