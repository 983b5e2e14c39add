export type { Hook, HookName, Hooks, Mount, Root, Spec } from './types/document.js';
export type { ResourcesInput, SpecInput, Written } from './types/input.js';
export type {
	Device,
	IdMapping,
	IntelRdt,
	Linux,
	MemoryPolicy,
	MemoryPolicyFlag,
	MemoryPolicyMode,
	Namespace,
	NamespaceType,
	NetDevices,
	Personality,
	RootfsPropagation,
	TimeOffset,
	TimeOffsets,
} from './types/linux.js';
export type {
	Capabilities,
	IoPriority,
	Process,
	Rlimit,
	RlimitName,
	Scheduler,
	SchedulerFlag,
	SchedulerPolicy,
	User,
} from './types/process.js';
export type {
	BlockIOResources,
	CpuResources,
	DeviceRule,
	MemoryResources,
	NetworkResources,
	RdmaResources,
	Resources,
	ThrottleDevice,
} from './types/resources.js';
export type {
	Seccomp,
	SeccompAction,
	SeccompArchitecture,
	SeccompArgument,
	SeccompFlag,
	SeccompOperator,
	SeccompSyscall,
} from './types/seccomp.js';
