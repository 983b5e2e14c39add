/**
 * `tsrun`: containers in your own process, {@link Runtime} makes them and finds those that exist.
 *
 * @module tsrun
 */

export type { BlockIOEntry, BlockIOStats } from './cgroup/stats/block-io.js';
export type { CpuStats } from './cgroup/stats/cpu.js';
export { type CpusetStats, type CpusetSwitch, cpusetSwitches } from './cgroup/stats/cpuset.js';
export type { HugetlbStats } from './cgroup/stats/hugetlb.js';
export type { MemoryStats, MemoryUsage } from './cgroup/stats/memory.js';
export type { NetworkInterfaceStats, Traffic } from './cgroup/stats/network.js';
export type { PidsStats } from './cgroup/stats/pids.js';
export type { Pressure, PressureStats } from './cgroup/stats/pressure.js';
export type { RdmaStats } from './cgroup/stats/rdma.js';
export type { MiscStats } from './cgroup/stats/scalar.js';
export type { ContainerStats } from './cgroup/stats/stats.js';
export type { CgroupMode, NetworkLock } from './criu/request.js';
export { type DoctorOptions, doctor } from './doctor/doctor.js';
export type { BundleFault, DoctorReport, Finding, Obstacle, Status, Topic } from './doctor/report.js';
export {
	ConfigError,
	type ConfigErrorCode,
	type ConfigFault,
	type ErrorCode,
	type ErrorDetails,
	errorCodes,
	oneLine,
	type RenderOptions,
	renderError,
	type SourcePlace,
	TsrunError,
} from './errors/index.js';
export type { Exit } from './launch/init-process.js';
export type { TimedStep } from './launch/trace.js';
export type { CheckpointOptions, CriuSettings } from './lifecycle/checkpoint-options.js';
export type { CgroupManager } from './lifecycle/engine.js';
export type { ContainerEvent } from './lifecycle/events.js';
export { blockBriefly } from './native/index.js';
export { parseSignal, signalName } from './os/index.js';
export type { Phase } from './os/phase.js';
export type { CgroupDirectories } from './plan/cgroup-path.js';
export { explainPlan } from './plan/explain.js';
export { type Plan, type PlanWarning, planToJson } from './plan/plan.js';
export type { HostStep, InitStep, Step } from './plan/step.js';
export type { ResctrlStats } from './resctrl/stats.js';
export type {
	Captured,
	CaptureOptions,
	ExecCaptureOptions,
	RunCaptureOptions,
} from './runtime/capture.js';
export { Container } from './runtime/container.js';
export type { ExecHandle } from './runtime/exec-handle.js';
export type { Features, FeaturesLinux } from './runtime/features.js';
export type {
	CreateOptions,
	DeleteOptions,
	ExecOptions,
	KillOptions,
	LaunchOptions,
	PlanOptions,
	RunOptions,
	RuntimeOptions,
	SampleOptions,
	StartOptions,
	Stdio,
	StdioOption,
	StdioStreams,
	UpdateOptions,
	WaitOptions,
} from './runtime/options.js';
export type { Output, OutputOptions } from './runtime/output.js';
export type { OwnedContainer } from './runtime/owned-container.js';
export type { RestoreOptions } from './runtime/restore-options.js';
export { Runtime } from './runtime/runtime.js';
export type { Terminal } from './runtime/terminal.js';
export type { SyscallAnswer } from './seccomp/answer.js';
export type { Architecture } from './seccomp/architectures.js';
export type { SyscallHandler } from './seccomp/listener.js';
export type { NotifiedCall, TakenDescriptor } from './seccomp/notified-call.js';
export type { SeccompSupport } from './seccomp/support.js';
// From their own files: what reads a whole config is loaded by those who do.
export { readProcess, readResources } from './spec/documents.js';
export { jsonText } from './spec/json/text.js';
export { defaultSpec, renderSpec, type TemplateOptions } from './spec/template.js';
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
} from './spec/types.js';
export type { OciState as ContainerState } from './state/index.js';
export type { ContainerStatus } from './state/status.js';
export { version } from './version.js';
