import { ConfigError } from '../errors/index.js';
import { isSystemError, type Native, native, type SeccompRequest } from '../native/index.js';
import { systemFailure } from '../os/index.js';
import type { Seccomp, SeccompAction } from '../spec/types.js';
import { noSuchCall } from './actions.js';
import { architectureTokens, compiledArchitectures, x32Bit } from './architectures.js';
import { encodeInstructions, instructionBytes } from './bpf.js';
import { type Decision, decisionsOf } from './decisions.js';
import { libraryOf } from './library.js';
import { type ArchitectureCalls, prologue } from './prologue.js';
import { type Operator, type Rule, rulesOf } from './rules.js';
import { youngCalls } from './young-calls.js';

/** The part of the addon that makes filters. */
export type FilterCompiler = Pick<Native, 'seccompLibrary' | 'seccompResolve' | 'seccompCompile'>;

/** BPF_MAXINSNS of the kernel. */
const largestProgram = 4096;

/** Above this many rules libseccomp sorts the calls into a tree. With few or none its trees were wrong (before 2.5.5). */
const fewRules = 32;

/**
 * The BPF program of a profile: libseccomp's, with our {@link prologue} in front. Calls that neither libseccomp nor we
 * know are left out, as profiles name the calls of all kernels and architectures there are.
 *
 * libseccomp gets one rule for each call. Of several it makes one tree, and 2.5 makes it wrong: with two of
 * SCMP_CMP_LT it compares the lower half of an argument where the upper one is due, and with two of SCMP_CMP_NE on three
 * arguments it does not come to an end. So calls with alternatives are decided about in the prologue. (The first one is
 * given to libseccomp all the same, for 32-bit x86, where socketcall(2) stands for twenty calls.)
 *
 * @throws ConfigError ERR_CONFIG_INVALID for an errno that does not fit, ERR_CONFIG_UNSUPPORTED for a profile too large
 * @throws TsrunError ERR_HOST_UNSUPPORTED when the kernel lacks an action, or this build libseccomp
 */
export function compileFilter(profile: Seccomp, compiler: FilterCompiler = native()): Uint8Array {
	const { defaultAction, rules, names } = rulesOf(profile);
	const architectures = compiledArchitectures(profile.architectures, libraryOf(compiler).architecture);
	const numbers = callNumbers(compiler, names, architectures);
	const decisions = decisionsOf(rules);
	const filter = compile(compiler, {
		defaultAction,
		architectures,
		optimize: decisions.length > fewRules,
		rules: encodeRules(decisions, numbers[0] ?? new Map()),
	});
	const closed = !openEnded.has(profile.defaultAction) && defaultAction !== noSuchCall;
	const calls = architectures.map((architecture, row): ArchitectureCalls => {
		const onThis = { architecture, numbers: numbers[row] ?? new Map<string, number>() };
		return {
			architecture,
			newest: closed ? newestOf(names, onThis) : undefined,
			decided: decidedHere(decisions, onThis),
			defaultAction,
		};
	});
	const front = encodeInstructions(prologue(calls));
	if (front.length + filter.length > largestProgram * instructionBytes) throw tooLarge();
	return Buffer.concat([front, filter]);
}

// A profile that lets pass, or leaves to a tracer, what it does not name means future calls as well.
const openEnded: ReadonlySet<SeccompAction> = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE']);

/** For each architecture the numbers of the names, below 0 for a call that exists elsewhere (-1: nowhere). */
function callNumbers(
	compiler: FilterCompiler,
	names: readonly string[],
	architectures: readonly number[],
): ReadonlyMap<string, number>[] {
	const found = compiler.seccompResolve(names, architectures);
	return architectures.map(
		(_, row) => new Map(names.map((name, column) => [name, found[row * names.length + column] ?? nowhere])),
	);
}

// __NR_SCMP_ERROR
const nowhere = -1;

interface CallTable {
	readonly architecture: number;
	/** What libseccomp says. */
	readonly numbers: ReadonlyMap<string, number>;
}

/** Below 0 where there is no such call. */
function numberOn({ architecture, numbers }: CallTable, name: string): number {
	const known = numbers.get(name) ?? nowhere;
	return known === nowhere ? (youngNumber(name, architecture) ?? nowhere) : known;
}

function youngNumber(name: string, architecture: number): number | undefined {
	const number = youngCalls.get(name);
	// MIPS counts from an offset of its own; EM_MIPS is 8.
	if (number === undefined || (architecture & 0xffff) === 8) return undefined;
	return architecture === architectureTokens.SCMP_ARCH_X32 ? number + x32Bit : number;
}

function newestOf(names: readonly string[], table: CallTable): number | undefined {
	const newest = names.reduce((largest, name) => Math.max(largest, numberOn(table, name)), nowhere);
	return newest < 0 ? undefined : newest;
}

function decidedHere(decisions: readonly Decision[], table: CallTable): Map<number, readonly Rule[]> {
	const decided = new Map<number, readonly Rule[]>();
	for (const { name, rules } of decisions) {
		const number = numberOn(table, name);
		const isYoung = table.numbers.get(name) === nowhere;
		if (number >= 0 && (isYoung || rules.length > 1)) decided.set(number, rules);
	}
	return decided;
}

/** enum scmp_compare of seccomp.h. */
const operators: Readonly<Record<Operator, bigint>> = { NE: 1n, LT: 2n, LE: 3n, EQ: 4n, GE: 5n, GT: 6n, MASKED_EQ: 7n };

function encodeRules(decisions: readonly Decision[], numbers: ReadonlyMap<string, number>): Uint8Array {
	const words: bigint[] = [];
	for (const { name, rules } of decisions) {
		const number = numbers.get(name) ?? nowhere;
		if (number === nowhere) continue;
		const [{ action, conditions }] = rules;
		words.push(BigInt(number), BigInt(action), BigInt(conditions.length));
		for (const { argument, operator, first, second } of conditions) {
			words.push(BigInt(argument), operators[operator], first, second);
		}
	}
	return new Uint8Array(BigUint64Array.from(words).buffer);
}

function compile(compiler: FilterCompiler, request: SeccompRequest): Uint8Array {
	try {
		return compiler.seccompCompile(request);
	} catch (cause) {
		const name = isSystemError(cause) ? cause.path : undefined;
		const about = name === undefined ? '' : ` for ${name}`;
		// libseccomp asks the kernel which actions it has.
		const unsupported = isSystemError(cause) && cause.code === 'EOPNOTSUPP';
		throw systemFailure(
			`cannot compile the seccomp profile${about}`,
			cause,
			{ pointer: '/linux/seccomp', path: undefined },
			unsupported ? 'ERR_HOST_UNSUPPORTED' : 'ERR_STEP_FAILED',
		);
	}
}

function tooLarge(): ConfigError {
	return new ConfigError('ERR_CONFIG_UNSUPPORTED', 'config.json', [
		{
			pointer: '/linux/seccomp',
			message: `the profile makes a filter of more than ${largestProgram} instructions, the kernel's limit`,
		},
	]);
}
