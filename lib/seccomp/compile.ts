import { ConfigError, TsrunError } from '../errors/index.js';
import { isSystemError, type Native, native, type SeccompRequest } from '../native/index.js';
import { systemFailure } from '../os/index.js';
import type { Seccomp, SeccompAction } from '../spec/types.js';
import { noSuchCall } from './actions.js';
import { architectureTokens, compiledArchitectures, x32Bit } from './architectures.js';
import { encodeInstructions, instructionBytes } from './bpf.js';
import { type ArchitectureCalls, prologue } from './prologue.js';
import { type Rule, type RuleSet, rulesOf } from './rules.js';
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
 * @throws ConfigError ERR_CONFIG_INVALID for an errno that does not fit, ERR_CONFIG_UNSUPPORTED for a profile too large
 * @throws TsrunError ERR_HOST_UNSUPPORTED when the kernel lacks an action, or this build libseccomp
 */
export function compileFilter(profile: Seccomp, compiler: FilterCompiler = native()): Uint8Array {
	const set = rulesOf(profile);
	const architectures = compiledArchitectures(profile.architectures, libraryOf(compiler).architecture);
	const numbers = callNumbers(compiler, set.names, architectures);
	const [onNative = new Map<string, number>()] = numbers;
	const filter = compile(compiler, {
		defaultAction: set.defaultAction,
		architectures,
		optimize: set.rules.length > fewRules,
		rules: encodeRules(set.rules, onNative),
	});
	const front = encodeInstructions(prologue(prologueCalls(profile.defaultAction, set, architectures, numbers)));
	if (front.length + filter.length > largestProgram * instructionBytes) throw tooLarge();
	return Buffer.concat([front, filter]);
}

/** @throws TsrunError ERR_HOST_UNSUPPORTED */
export function libraryOf(compiler: FilterCompiler): { version: string; architecture: number } {
	const library = compiler.seccompLibrary();
	if (library !== undefined) return library;
	throw new TsrunError('ERR_HOST_UNSUPPORTED', 'this tsrun was built without libseccomp', {
		pointer: '/linux/seccomp',
		hint: 'Build it where libseccomp.a is installed (Debian: libseccomp-dev).',
	});
}

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

const wordsPerRule = 3;
const wordsPerCondition = 4;

function encodeRules(rules: readonly Rule[], numbers: ReadonlyMap<string, number>): Uint8Array {
	const known = rules.filter(({ name }) => (numbers.get(name) ?? nowhere) !== nowhere);
	const conditions = known.reduce((sum, rule) => sum + rule.conditions.length, 0);
	const words = new BigUint64Array(known.length * wordsPerRule + conditions * wordsPerCondition);
	let at = 0;
	for (const { name, action, conditions } of known) {
		words[at++] = BigInt.asUintN(64, BigInt(numbers.get(name) ?? nowhere));
		words[at++] = BigInt(action);
		words[at++] = BigInt(conditions.length);
		for (const { argument, operator, first, second } of conditions) {
			words[at++] = BigInt(argument);
			words[at++] = BigInt(operator);
			words[at++] = first;
			words[at++] = second;
		}
	}
	return new Uint8Array(words.buffer);
}

// A profile that lets pass, or leaves to a tracer, what it does not name means future calls as well.
const openEnded: ReadonlySet<SeccompAction> = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE']);

function prologueCalls(
	defaultAction: SeccompAction,
	{ defaultAction: action, rules, names }: RuleSet,
	architectures: readonly number[],
	numbers: readonly ReadonlyMap<string, number>[],
): ArchitectureCalls[] {
	const closed = !openEnded.has(defaultAction) && action !== noSuchCall;
	return architectures.map((architecture, row) => {
		const known = numbers[row];
		const youngNumber = (name: string): number | undefined =>
			known?.get(name) === nowhere ? youngNumberOn(name, architecture) : undefined;
		const all = closed ? names.map((name) => youngNumber(name) ?? known?.get(name) ?? nowhere) : [];
		const newest = Math.max(...all);
		const young = new Map<number, number>();
		for (const { name, action, conditions } of rules) {
			const number = youngNumber(name);
			if (number !== undefined && conditions.length === 0 && !young.has(number)) young.set(number, action);
		}
		return { architecture, newest: newest < 0 ? undefined : newest, young };
	});
}

function youngNumberOn(name: string, architecture: number): number | undefined {
	const number = youngCalls[name];
	// MIPS counts from an offset of its own; EM_MIPS is 8.
	if (number === undefined || (architecture & 0xffff) === 8) return undefined;
	return architecture === architectureTokens.SCMP_ARCH_X32 ? number + x32Bit : number;
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
