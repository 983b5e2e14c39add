export { cgroupDirectory } from './cgroup-directory.js';
export { type CgroupHierarchy, type CgroupLayout, cgroupLayout, hierarchyOf } from './cgroup-layout.js';
export {
	gatherFacts,
	gatherIdentity,
	type HostFacts,
	kernelAtLeast,
	parseKernelRelease,
	steadyFacts,
} from './facts.js';
export { defaultStateRoot, isRootless } from './rootless.js';
export { parseSubordinateIds, readSubordinateIds } from './user-ids.js';
