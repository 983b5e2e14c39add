import type { Rule } from '../fault.js';
import type { Process, Resources, Spec } from '../types.js';
import { namedAnnotations } from './annotations.js';
import { cgroupsPathStaysInside } from './cgroups-path.js';
import { completeDevices } from './devices.js';
import { hiddenPaths } from './hidden-paths.js';
import { absoluteHookPaths } from './hooks.js';
import { hostNames } from './host-names.js';
import { soundIdMappings } from './id-mappings.js';
import { closID, rdtSchemata } from './intel-rdt.js';
import { memoryPolicyFlags, memoryPolicyNodes } from './memory-policy.js';
import { mountMappings, noMountOverRoot, onlyProcOverProc } from './mounts.js';
import { absoluteNamespacePaths, uniqueNamespaces } from './namespaces.js';
import { netDevices } from './net-devices.js';
import { noPersonalityFlags } from './personality.js';
import { absoluteCwd, consoleSizeFits, namedEnvironment } from './process.js';
import {
	burstWithinQuota,
	deviceRules,
	hugepageSizes,
	networkPriorities,
	rdmaLimits,
	swapIncludesMemory,
	unifiedFileNames,
	weightDevices,
} from './resources.js';
import { softBelowHard, uniqueRlimits } from './rlimits.js';
import { deadlineTimes, schedulerFitsPolicy } from './scheduler.js';
import { argumentIndices, errnoNeedsAction, metadataNeedsListener, notifyLeavesWayOut } from './seccomp.js';
import { namespacedSysctls } from './sysctl.js';
import { offsetsNeedNewTimeNamespace } from './time-offsets.js';
import { mappingsNeedUserNamespace, processIdsAreMapped } from './user-namespace.js';

export const processRules: readonly Rule<Process>[] = [
	absoluteCwd,
	namedEnvironment,
	consoleSizeFits,
	uniqueRlimits,
	softBelowHard,
	schedulerFitsPolicy,
	deadlineTimes,
];

export const resourceRules: readonly Rule<Resources>[] = [
	deviceRules,
	swapIncludesMemory,
	burstWithinQuota,
	weightDevices,
	hugepageSizes,
	networkPriorities,
	rdmaLimits,
	unifiedFileNames,
];

export const specRules: readonly Rule<Spec>[] = [
	...processRules.map((rule) => below('/process', (spec: Spec) => spec.process, rule)),
	...resourceRules.map((rule) => below('/linux/resources', (spec: Spec) => spec.linux?.resources, rule)),
	hostNames,
	noMountOverRoot,
	onlyProcOverProc,
	mountMappings,
	absoluteHookPaths,
	namedAnnotations,
	uniqueNamespaces,
	absoluteNamespacePaths,
	mappingsNeedUserNamespace,
	processIdsAreMapped,
	soundIdMappings,
	offsetsNeedNewTimeNamespace,
	completeDevices,
	netDevices,
	cgroupsPathStaysInside,
	namespacedSysctls,
	hiddenPaths,
	errnoNeedsAction,
	notifyLeavesWayOut,
	metadataNeedsListener,
	argumentIndices,
	closID,
	rdtSchemata,
	memoryPolicyNodes,
	memoryPolicyFlags,
	noPersonalityFlags,
];

/** A rule about one section as a rule about the whole; it holds where the section is absent. */
function below<Whole, Part>(at: string, part: (whole: Whole) => Part | undefined, rule: Rule<Part>): Rule<Whole> {
	return (whole) => {
		const subject = part(whole);
		return subject === undefined ? [] : rule(subject, at);
	};
}
