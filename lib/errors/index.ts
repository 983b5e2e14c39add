export { type ErrorCode, errorCodes } from './codes.js';
export { errnoName, errnoText } from './errno.js';
export { ConfigError, type ConfigFault, type ErrorDetails, type SourcePlace, TsrunError } from './tsrun-error.js';
export { oneLine, renderError } from './render.js';
