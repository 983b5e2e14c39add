/**
 * `tsrun/spec`: configs from a few words, {@link defineSpec}, and changes of them, which are functions.
 *
 * @module spec
 */

export type { Mount, NamespaceType, ResourcesInput, SpecInput, Written } from '../spec/index.js';
export { addCapabilities, type Capability, capabilities, dropCapabilities } from './capabilities.js';
export { compose, merge, type PartialSpec, type SpecChange } from './change.js';
export { defineSpec, type SpecOptions } from './define-spec.js';
export { cpus, type MemoryOptions, memory, pids, resources } from './limits.js';
export { type BindOptions, bind, mount, type TmpfsOptions, tmpfs } from './mounts.js';
export { type NamespaceChoice, namespace, network, userNamespace } from './namespaces.js';
export type { Size } from './size.js';
