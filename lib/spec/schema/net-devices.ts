import * as z from 'zod/mini';
import { key, optionalText } from './scalars.js';

/** Keyed by the name that the interface has in the runtime's network namespace. */
export const netDevicesSchema = z.record(key, z.object({ name: optionalText }));
