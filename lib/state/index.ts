export { ContainerDir } from './container-dir.js';
export { isFrozen } from './frozen.js';
export { checkContainerId } from './id.js';
export { type Flock, type LockOptions, lockFile } from './lock.js';
export { type OciState, ociState } from './oci-state.js';
export { type ContainerRecord, parseRecord, recordVersion, serializeRecord } from './record.js';
export { type ContainerStatus, currentStatus, isInit, type Observation, statusOf } from './status.js';
export { StateStore, type StateStoreOptions, type StoredContainers } from './store.js';
