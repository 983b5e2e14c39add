export { delay } from './delay.js';
export {
	makeDirectories,
	makeDirectory,
	type ReadOptions,
	readTextFile,
	readTextFileIfThere,
	removeDirectory,
	removeFile,
	removeTree,
	writeFileAtomic,
} from './files.js';
export { openNamespaceFile } from './namespace-file.js';
export {
	type CgroupMembership,
	type IdMapping,
	type MountInfo,
	type ProcessIdentity,
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
export { errnoOf, isNodeSystemError, systemFailure } from './system-failure.js';
export { UndoStack } from './undo-stack.js';
export { unlessAborted } from './unless-aborted.js';
export { parseUserName, userName } from './users.js';
