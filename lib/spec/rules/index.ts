import type { Rule } from '../fault.js';
import type { Process, Resources, Spec } from '../types.js';

export const processRules: readonly Rule<Process>[] = [];
export const resourceRules: readonly Rule<Resources>[] = [];
export const specRules: readonly Rule<Spec>[] = [];
