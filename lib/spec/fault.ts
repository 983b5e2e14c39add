/** Something that a config asks for and must not; `pointer` says where it asks. */
export interface RuleFault {
	readonly pointer: string;
	readonly message: string;
}

/** One cross-field demand of the runtime-spec. `at` is the pointer of the subject itself. */
export type Rule<Subject> = (subject: Subject, at: string) => Iterable<RuleFault>;
