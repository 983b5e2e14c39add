export { readProcess, readResources } from './documents.js';
export type { Rule, RuleFault } from './fault.js';
export { loadBundle } from './load.js';
export { parseProcess, parseResources, parseSpec } from './parse.js';
export { type LoadedSpec, readSpec } from './read.js';
export { deviceTypes } from './schema/devices.js';
export { hookNames } from './schema/hooks.js';
export { memoryPolicyFlags, memoryPolicyModes } from './schema/memory-policy.js';
export { namespaceTypes } from './schema/namespaces.js';
export { rlimitNames } from './schema/rlimits.js';
export { ioPriorityClasses, schedulerFlags, schedulerPolicies } from './schema/scheduler.js';
export { seccompActions, seccompArchitectures, seccompFlags, seccompOperators } from './schema/seccomp.js';
export { sysctlComponents } from './sysctl-name.js';
export { defaultSpec, renderSpec, type TemplateOptions } from './template.js';
export type {
	BlockIOResources,
	Capabilities,
	CpuResources,
	Device,
	DeviceRule,
	Hook,
	HookName,
	Hooks,
	IdMapping,
	IntelRdt,
	IoPriority,
	Linux,
	MemoryPolicy,
	MemoryResources,
	Mount,
	Namespace,
	NamespaceType,
	NetDevices,
	Personality,
	Process,
	Resources,
	Rlimit,
	RlimitName,
	Root,
	RootfsPropagation,
	Scheduler,
	Seccomp,
	SeccompAction,
	SeccompSyscall,
	Spec,
	TimeOffsets,
	User,
} from './types.js';
