import type { OutputOf } from '../../../lib/spec/schema/shape.js';
import { specSchema } from '../../../lib/spec/schema/spec.js';
import type { Resources, ResourcesInput, Spec, SpecInput, Written } from '../../../lib/spec/types.js';

type Same<A, B> =
	(<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? 'the same' : 'members that differ';

/** Both sides member by member, however deep: interfaces as plain objects. */
type Plain<T> = T extends object ? { [Name in keyof T]: Plain<T[Name]> } : T;

// The types are written down for their readers; what a schema makes of a document is what they have to say. Judged by tsc.
const schemaAndType: Same<Plain<Spec>, Plain<OutputOf<typeof specSchema>>> = 'the same';
const readAndWritten: Same<Plain<SpecInput>, Plain<Written<Spec>>> = 'the same';
const limitsReadAndWritten: Same<Plain<ResourcesInput>, Plain<Written<Resources>>> = 'the same';

test('the types of a config are those of its schema', () => {
	expect([schemaAndType, readAndWritten, limitsReadAndWritten]).toEqual(Array(3).fill('the same'));
	expect(Object.keys(specSchema.members)).toContain('linux');
});

test('whatever was read may be written', () => {
	const read: Spec = { ociVersion: '1.3.0', root: { path: 'rootfs' }, linux: { resources: { pids: { limit: 5n } } } };
	const written: SpecInput = read;
	const withNumbers: SpecInput = { ...written, linux: { resources: { pids: { limit: 5 } } } };
	expect(withNumbers.linux?.resources?.pids?.limit).toBe(5);
});
