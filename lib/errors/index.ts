export { abortError } from './abort-error.js';
export { afterUndo } from './after-undo.js';
export { type ErrorCode, errorCodes } from './codes.js';
export { errnoName, errnoText } from './errno.js';
export { type Failure, type FailureContext, hintFor } from './hint.js';
export { oneLine, type RenderOptions, renderError } from './render.js';
export {
	ConfigError,
	type ConfigErrorCode,
	type ConfigFault,
	type ErrorDetails,
	type SourcePlace,
	TsrunError,
} from './tsrun-error.js';
