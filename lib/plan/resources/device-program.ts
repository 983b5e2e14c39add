import { type DevicePolicy, everyAccess, type PolicyRule } from './device-policy.js';

/** One eBPF instruction, as struct bpf_insn has it. */
export interface BpfInstruction {
	readonly code: number;
	readonly destination: number;
	readonly source: number;
	/** Of a jump: how many instructions are skipped. Of a load: the offset in memory. */
	readonly offset: number;
	readonly immediate: number;
}

// linux/bpf.h and linux/bpf_common.h
const code = {
	load32: 0x61,
	moveImmediate: 0xb7,
	and32: 0x54,
	shiftRight32: 0x74,
	jump: 0x05,
	jumpIfEqual: 0x15,
	jumpIfSet: 0x45,
	jumpIfNotEqual: 0x55,
	exit: 0x95,
} as const;

const register = { result: 0, context: 1, type: 2, access: 3, major: 4, minor: 5 } as const;

/** BPF_DEVCG_DEV_BLOCK and BPF_DEVCG_DEV_CHAR. */
const deviceTypes = { b: 1, c: 2 } as const;

/** A jump reaches this far; a list of thousands of rules comes near to it. */
const longestProgram = 0x7fff;

type Target = 'allow' | 'deny' | 'next-rule';

/** An instruction with a jump still to be resolved. */
interface Draft {
	readonly instruction: BpfInstruction;
	readonly target?: Target;
}

/** Of each policy: the plan asks whether there is a program, and who performs the plan takes it. */
const programs = new WeakMap<DevicePolicy, readonly BpfInstruction[]>();

/**
 * A policy as a program of type BPF_PROG_TYPE_CGROUP_DEVICE: 1 lets an access pass, 0 makes it fail with EPERM.
 * From the last rule to the first, each takes the kinds of access that it allows out of those asked for, or ends the
 * matter where it denies one that is left. What no rule has decided gets the default.
 *
 * @returns undefined for a policy with more rules than one program can hold
 */
export function deviceProgram(policy: DevicePolicy): readonly BpfInstruction[] | undefined {
	const known = programs.get(policy);
	if (known !== undefined) return known;
	const program = assembled(policy);
	if (program !== undefined) programs.set(policy, program);
	return program;
}

function assembled(policy: DevicePolicy): BpfInstruction[] | undefined {
	const rules = policy.rules.toReversed().map(ruleDrafts);
	const body = rules.flat();
	const other: Target = policy.allow ? 'deny' : 'allow';
	// The verifier refuses instructions that nothing leads to.
	const otherIsUsed = body.some(({ target }) => target === other);
	const start = prologue.length;
	const verdict = start + body.length;
	const ends: Record<'allow' | 'deny', number> = policy.allow
		? { allow: verdict, deny: verdict + 2 }
		: { allow: verdict + 2, deny: verdict };
	if (verdict + 4 > longestProgram) return undefined;
	const program: BpfInstruction[] = [...prologue];
	for (const drafts of rules) {
		const next = program.length + drafts.length;
		for (const { instruction, target } of drafts) {
			if (target === undefined) program.push(instruction);
			else {
				const destination = target === 'next-rule' ? next : ends[target];
				program.push({ ...instruction, offset: destination - program.length - 1 });
			}
		}
	}
	program.push(...answer(policy.allow));
	if (otherIsUsed) program.push(...answer(!policy.allow));
	return program;
}

// struct bpf_cgroup_dev_ctx { u32 access_type; u32 major; u32 minor; }: the type in the lower half, the access above it.
const prologue: readonly BpfInstruction[] = [
	instruction(code.load32, register.access, register.context, 0),
	instruction(code.shiftRight32, register.access, 0, 0, 16),
];

// Loaded anew for each rule. A register that a rule before has compared would be known to the verifier on one of two ways to
// this rule, and it would follow both to the end: a hundred rules took 42 ms, and a thousand were refused.
const loads = {
	type: [
		instruction(code.load32, register.type, register.context, 0),
		instruction(code.and32, register.type, 0, 0, 0xffff),
	],
	major: [instruction(code.load32, register.major, register.context, 4)],
	minor: [instruction(code.load32, register.minor, register.context, 8)],
} as const;

function ruleDrafts({ allow, type, major, minor, access }: PolicyRule): Draft[] {
	const differs = (what: keyof typeof loads, value: number): Draft[] => [
		...loads[what].map((load) => ({ instruction: load })),
		{ instruction: instruction(code.jumpIfNotEqual, register[what], 0, 0, value | 0), target: 'next-rule' },
	];
	return [
		...differs('type', deviceTypes[type]),
		...(major === null ? [] : differs('major', major)),
		...(minor === null ? [] : differs('minor', minor)),
		...(allow
			? allowDrafts(access)
			: [{ instruction: instruction(code.jumpIfSet, register.access, 0, 0, access), target: 'deny' as const }]),
	];
}

// What allows everything leaves nothing to decide. For the verifier it is half the work as well: the kinds of access that
// are left are the one thing in which the ways to the next rule differ, and each difference is a way that it follows.
function allowDrafts(access: number): Draft[] {
	if (access === everyAccess) return [{ instruction: instruction(code.jump, 0), target: 'allow' }];
	return [
		{ instruction: instruction(code.and32, register.access, 0, 0, ~access) },
		{ instruction: instruction(code.jumpIfEqual, register.access, 0, 0, 0), target: 'allow' },
	];
}

function answer(allow: boolean): BpfInstruction[] {
	return [instruction(code.moveImmediate, register.result, 0, 0, allow ? 1 : 0), instruction(code.exit, 0)];
}

function instruction(operation: number, destination: number, source = 0, offset = 0, immediate = 0): BpfInstruction {
	return { code: operation, destination, source, offset, immediate };
}

/** The bytes of a program as the kernel of this machine reads them. */
export function encodeInstructions(program: readonly BpfInstruction[], littleEndian: boolean): Uint8Array {
	const bytes = new Uint8Array(program.length * 8);
	const view = new DataView(bytes.buffer);
	for (const [index, { code, destination, source, offset, immediate }] of program.entries()) {
		const at = index * 8;
		view.setUint8(at, code);
		// Two bit fields of four: their order follows the byte order.
		view.setUint8(at + 1, littleEndian ? destination | (source << 4) : (destination << 4) | source);
		view.setInt16(at + 2, offset, littleEndian);
		view.setInt32(at + 4, immediate, littleEndian);
	}
	return bytes;
}
