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
	renderSpec,
	type Spec,
} from './spec/index.js';
export { version } from './version.js';
