import * as z from 'zod/mini';
import { optionalText } from './scalars.js';

/** Keyed by the name that the interface has in the runtime's network namespace. */
export const netDevicesSchema = z.record(z.string(), z.object({ name: optionalText }));
