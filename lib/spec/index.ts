export { readProcess, readResources } from './documents.js';
export { loadBundle } from './load.js';
export { readSpec } from './read.js';
export { sysctlComponents } from './sysctl-name.js';
export { defaultSpec, renderSpec, type TemplateOptions } from './template.js';
export type {
	Capabilities,
	DeviceRule,
	Mount,
	NamespaceType,
	Process,
	Resources,
	ResourcesInput,
	Spec,
	SpecInput,
	Written,
} from './types.js';
