export type { BlockIOEntry, BlockIOStats } from './cgroup/stats/block-io.js';
export type { CpuStats } from './cgroup/stats/cpu.js';
export { type CpusetStats, type CpusetSwitch, cpusetSwitches } from './cgroup/stats/cpuset.js';
export type { HugetlbStats } from './cgroup/stats/hugetlb.js';
export type { MemoryStats, MemoryUsage } from './cgroup/stats/memory.js';
export type { NetworkInterfaceStats, Traffic } from './cgroup/stats/network.js';
export type { PidsStats } from './cgroup/stats/pids.js';
export type { Pressure, PressureStats } from './cgroup/stats/pressure.js';
export type { ContainerStats } from './cgroup/stats/stats.js';
export {
	ConfigError,
	type ConfigFault,
	type ErrorCode,
	type ErrorDetails,
	errorCodes,
	oneLine,
	renderError,
	type SourcePlace,
	TsrunError,
} from './errors/index.js';
export type { Exit } from './launch/init-process.js';
export type { ContainerEvent } from './lifecycle/events.js';
export { blockBriefly } from './native/index.js';
export { parseSignal, signalName } from './os/index.js';
export { explainPlan } from './plan/explain.js';
export { type Plan, type PlanWarning, planToJson } from './plan/plan.js';
export type { Step } from './plan/step.js';
export { Container, type ContainerState } from './runtime/container.js';
export type { ExecHandle } from './runtime/exec-handle.js';
export type { Features } from './runtime/features.js';
export type {
	CreateOptions,
	ExecOptions,
	LaunchOptions,
	RuntimeOptions,
	SampleOptions,
	Stdio,
	StdioOption,
	StdioStreams,
} from './runtime/options.js';
export type { OwnedContainer } from './runtime/owned-container.js';
export { Runtime } from './runtime/runtime.js';
export type { Terminal } from './runtime/terminal.js';
export type { SyscallAnswer } from './seccomp/answer.js';
export type { SyscallHandler } from './seccomp/listener.js';
export type { NotifiedCall, TakenDescriptor } from './seccomp/notified-call.js';
export {
	defaultSpec,
	type Process,
	parseProcess,
	parseResources,
	parseSpec,
	type Resources,
	readProcess,
	readResources,
	renderSpec,
	type Spec,
} from './spec/index.js';
export { jsonText } from './spec/json/text.js';
export { version } from './version.js';
