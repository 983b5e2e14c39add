import { optionalText } from './scalars.js';
import { map, object } from './shape.js';

/** Keyed by the name that the interface has in the runtime's network namespace. */
export const netDevicesSchema = map(object({ name: optionalText }));
