import * as z from 'zod/mini';
import { optionalUint16, uint32, uint64 } from './scalars.js';

const weightDevice = z.object({
	major: uint32,
	minor: uint32,
	weight: optionalUint16,
	leafWeight: optionalUint16,
});

/** `rate` is in bytes or in operations per second, by the list it stands in. */
const throttleDevice = z.object({
	major: uint32,
	minor: uint32,
	rate: uint64,
});

const throttleDevices = z.optional(z.array(throttleDevice));

export const blockIOSchema = z.object({
	weight: optionalUint16,
	leafWeight: optionalUint16,
	weightDevice: z.optional(z.array(weightDevice)),
	throttleReadBpsDevice: throttleDevices,
	throttleWriteBpsDevice: throttleDevices,
	throttleReadIOPSDevice: throttleDevices,
	throttleWriteIOPSDevice: throttleDevices,
});
