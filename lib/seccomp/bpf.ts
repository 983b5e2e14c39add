/** One instruction of classic BPF: struct sock_filter. Jumps count the instructions that are skipped. */
export interface Instruction {
	readonly code: number;
	readonly jt: number;
	readonly jf: number;
	readonly k: number;
}

/** Offsets in struct seccomp_data. */
export const field = { number: 0, architecture: 4 } as const;

/** BPF_LD | BPF_W | BPF_ABS, BPF_JMP | ... | BPF_K, BPF_RET | BPF_K of linux/bpf_common.h. */
export const opcode = {
	load: 0x20,
	jump: 0x05,
	jumpIfEqual: 0x15,
	jumpIfGreater: 0x25,
	jumpIfBits: 0x45,
	return: 0x06,
} as const;

type Condition = 'jumpIfEqual' | 'jumpIfGreater' | 'jumpIfBits';

export function load(offset: number): Instruction {
	return { code: opcode.load, jt: 0, jf: 0, k: offset };
}

/** @throws RangeError for a jump that does not fit its byte */
export function branch(condition: Condition, k: number, jt: number, jf: number): Instruction {
	if (jt > 0xff || jf > 0xff) throw new RangeError(`a conditional jump over ${Math.max(jt, jf)} instructions`);
	return { code: opcode[condition], jt, jf, k };
}

export function jump(distance: number): Instruction {
	return { code: opcode.jump, jt: 0, jf: 0, k: distance };
}

export function answer(action: number): Instruction {
	return { code: opcode.return, jt: 0, jf: 0, k: action };
}

export const instructionBytes = 8;

/** As the kernel reads it, in this machine's byte order. */
export function encodeInstructions(program: readonly Instruction[]): Uint8Array {
	const bytes = new Uint8Array(program.length * instructionBytes);
	const codes = new Uint16Array(bytes.buffer);
	const operands = new Uint32Array(bytes.buffer);
	for (const [index, { code, jt, jf, k }] of program.entries()) {
		codes[index * 4] = code;
		bytes[index * instructionBytes + 2] = jt;
		bytes[index * instructionBytes + 3] = jf;
		operands[index * 2 + 1] = k;
	}
	return bytes;
}
