export { ContainerDir } from './container-dir.js';
export { isFrozen } from './frozen.js';
export { type Flock, lockFile } from './lock.js';
export { type OciState, ociState } from './oci-state.js';
export { type ContainerRecord, parseRecord, recordVersion, serializeRecord } from './record.js';
export { type ContainerStatus, currentStatus, isInit, statusOf } from './status.js';
export { StateStore } from './store.js';
export { takeId } from './take-id.js';
