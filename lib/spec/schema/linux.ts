import { deviceSchema } from './devices.js';
import { idMappings } from './id-mapping.js';
import { intelRdtSchema } from './intel-rdt.js';
import { memoryPolicySchema } from './memory-policy.js';
import { namespaceSchema } from './namespaces.js';
import { netDevicesSchema } from './net-devices.js';
import { personalitySchema } from './personality.js';
import { resourcesSchema } from './resources.js';
import { oneOf, optionalText, optionalTexts, text } from './scalars.js';
import { optionalSeccomp } from './seccomp.js';
import { array, map, object, optional } from './shape.js';
import { timeOffsetsSchema } from './time-offsets.js';

/** The recursive spellings are not in the specification, but Docker has always written `rslave`. */
const rootfsPropagations = [
	'private',
	'shared',
	'slave',
	'unbindable',
	'rprivate',
	'rshared',
	'rslave',
	'runbindable',
] as const;

export const linuxSchema = object({
	namespaces: optional(array(namespaceSchema)),
	uidMappings: idMappings,
	gidMappings: idMappings,
	timeOffsets: optional(timeOffsetsSchema),
	devices: optional(array(deviceSchema)),
	netDevices: optional(netDevicesSchema),
	cgroupsPath: optionalText,
	resources: optional(resourcesSchema),
	rootfsPropagation: optional(oneOf(rootfsPropagations)),
	seccomp: optionalSeccomp,
	sysctl: optional(map(text)),
	maskedPaths: optionalTexts,
	readonlyPaths: optionalTexts,
	mountLabel: optionalText,
	intelRdt: optional(intelRdtSchema),
	memoryPolicy: optional(memoryPolicySchema),
	personality: optional(personalitySchema),
});
