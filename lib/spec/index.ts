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
	MemoryPolicyFlag,
	MemoryPolicyMode,
	MemoryResources,
	Mount,
	Namespace,
	NamespaceType,
	NetDevices,
	NetworkResources,
	Personality,
	Process,
	RdmaResources,
	Resources,
	ResourcesInput,
	Rlimit,
	RlimitName,
	Root,
	RootfsPropagation,
	Scheduler,
	SchedulerFlag,
	SchedulerPolicy,
	Seccomp,
	SeccompAction,
	SeccompArchitecture,
	SeccompArgument,
	SeccompFlag,
	SeccompOperator,
	SeccompSyscall,
	Spec,
	SpecInput,
	ThrottleDevice,
	TimeOffset,
	TimeOffsets,
	User,
	Written,
} from './types.js';
