import { optionalUint16, uint32, uint64 } from './scalars.js';
import { array, object, optional } from './shape.js';

const weightDevice = object({
	major: uint32,
	minor: uint32,
	weight: optionalUint16,
	leafWeight: optionalUint16,
});

/** `rate` is in bytes or in operations per second, by the list it stands in. */
const throttleDevice = object({
	major: uint32,
	minor: uint32,
	rate: uint64,
});

const throttleDevices = optional(array(throttleDevice));

export const blockIOSchema = object({
	weight: optionalUint16,
	leafWeight: optionalUint16,
	weightDevice: optional(array(weightDevice)),
	throttleReadBpsDevice: throttleDevices,
	throttleWriteBpsDevice: throttleDevices,
	throttleReadIOPSDevice: throttleDevices,
	throttleWriteIOPSDevice: throttleDevices,
});
