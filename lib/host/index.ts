export { cgroupDirectory } from './cgroup-directory.js';
export {
	type CgroupHierarchy,
	type CgroupLayout,
	type CgroupSources,
	cgroupLayout,
	hierarchyOf,
	type V1Hierarchy,
} from './cgroup-layout.js';
export {
	gatherFacts,
	gatherIdentity,
	type HostFacts,
	type KernelVersion,
	kernelAtLeast,
	parseKernelRelease,
	type SystemdFacts,
} from './facts.js';
export { defaultStateRoot, type Environment, isRootless, type StateRoot } from './rootless.js';
export { type IdRange, parseSubordinateIds, readSubordinateIds } from './user-ids.js';
