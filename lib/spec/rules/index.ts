import type { Rule } from '../fault.js';
import type { Linux, Process, Resources, Spec } from '../types.js';
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
	...given<Process>('env', namedEnvironment),
	...given<Process>('consoleSize', consoleSizeFits),
	...given<Process>('rlimits', uniqueRlimits, softBelowHard),
	...given<Process>('scheduler', schedulerFitsPolicy, deadlineTimes),
];

export const resourceRules: readonly Rule<Resources>[] = [
	...given<Resources>('devices', deviceRules),
	...given<Resources>('memory', swapIncludesMemory),
	...given<Resources>('cpu', burstWithinQuota),
	...given<Resources>('blockIO', weightDevices),
	...given<Resources>('hugepageLimits', hugepageSizes),
	...given<Resources>('network', networkPriorities),
	...given<Resources>('rdma', rdmaLimits),
	...given<Resources>('unified', unifiedFileNames),
];

export const specRules: readonly Rule<Spec>[] = [
	...processRules.map((rule) => below('/process', (spec: Spec) => spec.process, rule)),
	...resourceRules.map((rule) => below('/linux/resources', (spec: Spec) => spec.linux?.resources, rule)),
	hostNames,
	...given<Spec>('mounts', noMountOverRoot, onlyProcOverProc, mountMappings),
	...given<Spec>('hooks', absoluteHookPaths),
	...given<Spec>('annotations', namedAnnotations),
	...givenLinux('namespaces', uniqueNamespaces, absoluteNamespacePaths, processIdsAreMapped),
	mappingsNeedUserNamespace,
	soundIdMappings,
	...givenLinux('timeOffsets', offsetsNeedNewTimeNamespace),
	...givenLinux('devices', completeDevices),
	...givenLinux('netDevices', netDevices),
	...givenLinux('cgroupsPath', cgroupsPathStaysInside),
	...givenLinux('sysctl', namespacedSysctls),
	hiddenPaths,
	...givenLinux('seccomp', errnoNeedsAction, notifyLeavesWayOut, metadataNeedsListener, argumentIndices),
	...givenLinux('intelRdt', closID, rdtSchemata),
	...givenLinux('memoryPolicy', memoryPolicyNodes, memoryPolicyFlags),
	...givenLinux('personality', noPersonalityFlags),
];

/** Rules about one member alone, which hold where it is absent: most are, and a rule that is not run costs nothing. */
function given<Subject>(member: keyof Subject, ...rules: readonly Rule<Subject>[]): Rule<Subject>[] {
	return rules.map((rule) => (subject, at) => (subject[member] === undefined ? [] : rule(subject, at)));
}

function givenLinux(member: keyof Linux, ...rules: readonly Rule<Spec>[]): Rule<Spec>[] {
	return rules.map((rule) => (spec, at) => (spec.linux?.[member] === undefined ? [] : rule(spec, at)));
}

/** A rule about one section as a rule about the whole; it holds where the section is absent. */
function below<Whole, Part>(at: string, part: (whole: Whole) => Part | undefined, rule: Rule<Part>): Rule<Whole> {
	return (whole) => {
		const subject = part(whole);
		return subject === undefined ? [] : rule(subject, at);
	};
}
