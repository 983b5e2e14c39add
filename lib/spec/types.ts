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
import type { OutputOf } from './schema/shape.js';
import type { specSchema } from './schema/spec.js';
import type { timeOffsetsSchema } from './schema/time-offsets.js';

/** A config.json that broke no rule. Absent, `null` and empty-string optional members are all `undefined`. */
export type Spec = OutputOf<typeof specSchema>;
export type Root = OutputOf<typeof rootSchema>;
export type Mount = OutputOf<typeof mountSchema>;
export type Hook = OutputOf<typeof hookSchema>;
export type Hooks = OutputOf<typeof hooksSchema>;
export type HookName = (typeof hookNames)[number];

export type Process = OutputOf<typeof processSchema>;
export type User = OutputOf<typeof userSchema>;
export type Capabilities = OutputOf<typeof capabilitiesSchema>;
export type Rlimit = OutputOf<typeof rlimitSchema>;
export type RlimitName = (typeof rlimitNames)[number];
export type Scheduler = OutputOf<typeof schedulerSchema>;
export type IoPriority = OutputOf<typeof ioPrioritySchema>;

export type Linux = OutputOf<typeof linuxSchema>;
export type Namespace = OutputOf<typeof namespaceSchema>;
export type NamespaceType = (typeof namespaceTypes)[number];
export type IdMapping = OutputOf<typeof idMappingSchema>;
export type TimeOffsets = OutputOf<typeof timeOffsetsSchema>;
export type Device = OutputOf<typeof deviceSchema>;
export type NetDevices = OutputOf<typeof netDevicesSchema>;
export type RootfsPropagation = (typeof rootfsPropagations)[number];
export type IntelRdt = OutputOf<typeof intelRdtSchema>;
export type MemoryPolicy = OutputOf<typeof memoryPolicySchema>;
export type Personality = OutputOf<typeof personalitySchema>;

export type Seccomp = OutputOf<typeof seccompSchema>;
export type SeccompAction = (typeof seccompActions)[number];
export type SeccompSyscall = NonNullable<Seccomp['syscalls']>[number];

export type Resources = OutputOf<typeof resourcesSchema>;
export type DeviceRule = NonNullable<Resources['devices']>[number];
export type MemoryResources = NonNullable<Resources['memory']>;
export type CpuResources = NonNullable<Resources['cpu']>;
export type BlockIOResources = NonNullable<Resources['blockIO']>;
