import type { BpfInstruction } from '../../../../lib/plan/resources/device-program.js';

export interface DeviceRequest {
	readonly type: 'b' | 'c';
	readonly major: number;
	readonly minor: number;
	/** Bits of linux/bpf.h: 1 mknod, 2 read, 4 write. */
	readonly access: number;
}

/**
 * Runs a device program as the kernel would, with the few instructions that one has, and with the verifier's rules:
 * jumps go forward and stay inside, every instruction can be reached, no register is read before it is written.
 */
export function runProgram(program: readonly BpfInstruction[], request: DeviceRequest): number {
	const context = [(request.access << 16) | (request.type === 'b' ? 1 : 2), request.major, request.minor];
	const registers = new Map<number, bigint>();
	const read = (register: number): bigint => {
		const value = registers.get(register);
		if (value === undefined) throw new Error(`r${register} is read before it is written`);
		return value;
	};
	for (let at = 0; ; at++) {
		const step = program[at];
		if (step === undefined) throw new Error(`the program runs out at ${at}`);
		const { code, destination, source, offset, immediate } = step;
		const jump = (taken: boolean): void => {
			if (offset < 0) throw new Error('a jump backwards');
			if (taken) at += offset;
		};
		const wide = BigInt.asUintN(64, BigInt(immediate));
		switch (code) {
			case 0x61:
				if (source !== 1 || offset % 4 !== 0) throw new Error('a load from elsewhere than the context');
				registers.set(destination, BigInt((context[offset / 4] ?? Number.NaN) >>> 0));
				break;
			case 0xbf:
				registers.set(destination, read(source));
				break;
			case 0xb7:
				registers.set(destination, wide);
				break;
			case 0x54:
				registers.set(destination, BigInt.asUintN(32, read(destination) & wide));
				break;
			case 0x74:
				registers.set(destination, BigInt.asUintN(32, read(destination)) >> BigInt(immediate));
				break;
			case 0x05:
				jump(true);
				break;
			case 0x15:
				jump(read(destination) === wide);
				break;
			case 0x55:
				jump(read(destination) !== wide);
				break;
			case 0x45:
				jump((read(destination) & wide) !== 0n);
				break;
			case 0x95:
				return Number(read(0));
			default:
				throw new Error(`unknown instruction ${code.toString(16)}`);
		}
	}
}

/** Instructions that nothing leads to, by their index: the verifier refuses a program with any. */
export function unreachable(program: readonly BpfInstruction[]): number[] {
	const reached = new Set<number>();
	const open = [0];
	for (let at = open.pop(); at !== undefined; at = open.pop()) {
		const step = program[at];
		if (step === undefined || reached.has(at)) continue;
		reached.add(at);
		if (step.code !== 0x95 && step.code !== 0x05) open.push(at + 1);
		if ([0x05, 0x15, 0x45, 0x55].includes(step.code)) open.push(at + 1 + step.offset);
	}
	return program.map((_, index) => index).filter((index) => !reached.has(index));
}
