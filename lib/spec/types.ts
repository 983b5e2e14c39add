import type { output } from 'zod/mini';
import type { deviceSchema } from './schema/devices.js';
import type { hookNames, hookSchema, hooksSchema } from './schema/hooks.js';
import type { idMappingSchema } from './schema/id-mapping.js';
import type { intelRdtSchema } from './schema/intel-rdt.js';
import type { linuxSchema, rootfsPropagations } from './schema/linux.js';
import type { memoryPolicySchema } from './schema/memory-policy.js';
import type { mountSchema } from './schema/mounts.js';
import type { namespaceSchema, namespaceTypes } from './schema/namespaces.js';
import type { netDevicesSchema } from './schema/net-devices.js';
import type { personalitySchema } from './schema/personality.js';
import type { capabilitiesSchema, processSchema, userSchema } from './schema/process.js';
import type { resourcesSchema } from './schema/resources.js';
import type { rlimitNames, rlimitSchema } from './schema/rlimits.js';
import type { rootSchema } from './schema/root.js';
import type { ioPrioritySchema, schedulerSchema } from './schema/scheduler.js';
import type { seccompActions, seccompSchema } from './schema/seccomp.js';
import type { specSchema } from './schema/spec.js';
import type { timeOffsetsSchema } from './schema/time-offsets.js';

/** A config.json that broke no rule. Absent, `null` and empty-string optional members are all `undefined`. */
export type Spec = output<typeof specSchema>;
export type Root = output<typeof rootSchema>;
export type Mount = output<typeof mountSchema>;
export type Hook = output<typeof hookSchema>;
export type Hooks = output<typeof hooksSchema>;
export type HookName = (typeof hookNames)[number];

export type Process = output<typeof processSchema>;
export type User = output<typeof userSchema>;
export type Capabilities = output<typeof capabilitiesSchema>;
export type Rlimit = output<typeof rlimitSchema>;
export type RlimitName = (typeof rlimitNames)[number];
export type Scheduler = output<typeof schedulerSchema>;
export type IoPriority = output<typeof ioPrioritySchema>;

export type Linux = output<typeof linuxSchema>;
export type Namespace = output<typeof namespaceSchema>;
export type NamespaceType = (typeof namespaceTypes)[number];
export type IdMapping = output<typeof idMappingSchema>;
export type TimeOffsets = output<typeof timeOffsetsSchema>;
export type Device = output<typeof deviceSchema>;
export type NetDevices = output<typeof netDevicesSchema>;
export type RootfsPropagation = (typeof rootfsPropagations)[number];
export type IntelRdt = output<typeof intelRdtSchema>;
export type MemoryPolicy = output<typeof memoryPolicySchema>;
export type Personality = output<typeof personalitySchema>;

export type Seccomp = output<typeof seccompSchema>;
export type SeccompAction = (typeof seccompActions)[number];
export type SeccompSyscall = NonNullable<Seccomp['syscalls']>[number];

export type Resources = output<typeof resourcesSchema>;
export type DeviceRule = NonNullable<Resources['devices']>[number];
export type MemoryResources = NonNullable<Resources['memory']>;
export type CpuResources = NonNullable<Resources['cpu']>;
export type BlockIOResources = NonNullable<Resources['blockIO']>;
