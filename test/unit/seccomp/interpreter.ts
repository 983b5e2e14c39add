/** What the kernel knows of a system call when it runs a filter: struct seccomp_data. */
export interface Call {
	readonly number: number;
	readonly architecture: number;
	readonly args?: readonly bigint[];
}

const instructionBytes = 8;

/**
 * Runs a program of classic BPF as the kernel does for seccomp (kernel/seccomp.c admits no other instructions), and returns the
 * action with its data. Little-endian, as all machines are on which the tests run.
 */
export function interpret(program: Uint8Array, call: Call): number {
	const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
	const data = seccompData(call);
	let accumulator = 0;
	let index = 0;
	const scratch = new Uint32Array(16);
	for (let at = 0; at < program.byteLength / instructionBytes; at++) {
		const here = at * instructionBytes;
		const opcode = code.getUint16(here, true);
		const k = code.getUint32(here + 4, true);
		const skip = (taken: boolean) => code.getUint8(here + (taken ? 2 : 3));
		switch (opcode) {
			case 0x20: // LD | W | ABS
				if (k % 4 !== 0 || k >= data.byteLength) throw new Error(`a load from ${k}`);
				accumulator = data.getUint32(k, true);
				break;
			case 0x00: // LD | IMM
				accumulator = k;
				break;
			case 0x54: // ALU | AND | K
				accumulator = (accumulator & k) >>> 0;
				break;
			case 0x02: // ST
				scratch[k] = accumulator;
				break;
			case 0x60: // LD | MEM
				accumulator = scratch[k] ?? 0;
				break;
			case 0x07: // TAX
				index = accumulator;
				break;
			case 0x87: // TXA
				accumulator = index;
				break;
			case 0x05: // JA
				at += k;
				break;
			case 0x15: // JEQ
				at += skip(accumulator === k);
				break;
			case 0x25: // JGT
				at += skip(accumulator > k);
				break;
			case 0x35: // JGE
				at += skip(accumulator >= k);
				break;
			case 0x45: // JSET
				at += skip((accumulator & k) !== 0);
				break;
			case 0x06: // RET
				return k;
			default:
				throw new Error(`instruction ${at} is ${opcode.toString(16)}`);
		}
	}
	throw new Error('the program has no end');
}

function seccompData({ number, architecture, args = [] }: Call): DataView {
	const data = new DataView(new ArrayBuffer(64));
	data.setInt32(0, number, true);
	data.setUint32(4, architecture, true);
	for (let i = 0; i < 6; i++) data.setBigUint64(16 + i * 8, args[i] ?? 0n, true);
	return data;
}
