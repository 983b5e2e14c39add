import * as z from 'zod/mini';
import { deviceSchema } from './devices.js';
import { idMappings } from './id-mapping.js';
import { intelRdtSchema } from './intel-rdt.js';
import { memoryPolicySchema } from './memory-policy.js';
import { namespaceSchema } from './namespaces.js';
import { netDevicesSchema } from './net-devices.js';
import { personalitySchema } from './personality.js';
import { resourcesSchema } from './resources.js';
import { key, oneOf, optionalText, optionalTexts, text } from './scalars.js';
import { optionalSeccomp } from './seccomp.js';
import { timeOffsetsSchema } from './time-offsets.js';

/** The recursive spellings are not in the specification, but Docker has always written `rslave`. */
export const rootfsPropagations = [
	'private',
	'shared',
	'slave',
	'unbindable',
	'rprivate',
	'rshared',
	'rslave',
	'runbindable',
] as const;

export const linuxSchema = z.object({
	namespaces: z.optional(z.array(namespaceSchema)),
	uidMappings: idMappings,
	gidMappings: idMappings,
	timeOffsets: z.optional(timeOffsetsSchema),
	devices: z.optional(z.array(deviceSchema)),
	netDevices: z.optional(netDevicesSchema),
	cgroupsPath: optionalText,
	resources: z.optional(resourcesSchema),
	rootfsPropagation: z.optional(oneOf(rootfsPropagations)),
	seccomp: optionalSeccomp,
	sysctl: z.optional(z.record(key, text)),
	maskedPaths: optionalTexts,
	readonlyPaths: optionalTexts,
	mountLabel: optionalText,
	intelRdt: z.optional(intelRdtSchema),
	memoryPolicy: z.optional(memoryPolicySchema),
	personality: z.optional(personalitySchema),
});
