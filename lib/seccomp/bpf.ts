/** One instruction of classic BPF: struct sock_filter. Jumps count the instructions that are skipped. */
export interface Instruction {
	readonly code: number;
	readonly jt: number;
	readonly jf: number;
	readonly k: number;
}

/** Offsets in struct seccomp_data. */
export const field = { number: 0, architecture: 4, args: 16 } as const;

/** linux/bpf_common.h: BPF_LD | BPF_W | BPF_ABS, BPF_ALU | BPF_AND | BPF_K, BPF_JMP | ... | BPF_K, BPF_RET | BPF_K. */
const opcode = {
	load: 0x20,
	and: 0x54,
	jump: 0x05,
	equal: 0x15,
	greater: 0x25,
	atLeast: 0x35,
	bits: 0x45,
	return: 0x06,
};

export type Comparison = 'equal' | 'greater' | 'atLeast' | 'bits';

export function load(offset: number): Instruction {
	return { code: opcode.load, jt: 0, jf: 0, k: offset };
}

export function and(mask: number): Instruction {
	return { code: opcode.and, jt: 0, jf: 0, k: mask };
}

/** @throws RangeError for a jump that does not fit its byte */
export function branch(comparison: Comparison, k: number, jt: number, jf: number): Instruction {
	if (jt > 0xff || jf > 0xff) throw new RangeError(`a conditional jump over ${Math.max(jt, jf)} instructions`);
	return { code: opcode[comparison], jt, jf, k };
}

/** The body where the comparison holds; otherwise it is skipped, however long it is. */
export function when(comparison: Comparison, k: number, body: readonly Instruction[]): Instruction[] {
	if (body.length === 0) return [];
	if (body.length <= 0xff) return [branch(comparison, k, 0, body.length), ...body];
	return [branch(comparison, k, 1, 0), jump(body.length), ...body];
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
