/** What execve(2) would see in a file: an ELF program (elf(5)), a script with an interpreter, or neither. */
export type Executable =
	| { readonly format: 'elf'; readonly machine: string; readonly interpreter?: string }
	| { readonly format: 'script'; readonly interpreter: string }
	| { readonly format: 'other' };

/** e_machine of <elf.h>, by the names that uname -m has for them. */
const machines = new Map([
	[3, 'i386'],
	[8, 'mips'],
	[21, 'ppc64le'],
	[22, 's390x'],
	[40, 'arm'],
	[62, 'x86_64'],
	[183, 'aarch64'],
	[243, 'riscv64'],
	[258, 'loongarch64'],
]);

/** How much of a file's beginning {@link parseExecutable} has to be given to find the interpreter of every usual program. */
export const executableHeadBytes = 64 * 1024;

const programInterpreter = 3;

/** @param head the first bytes of a file, see {@link executableHeadBytes} */
export function parseExecutable(head: Buffer): Executable {
	if (head.length >= 64 && head.toString('latin1', 0, 4) === '\x7fELF') return parseElf(head);
	if (head.toString('latin1', 0, 2) !== '#!') return { format: 'other' };
	// The kernel takes up to 255 bytes, and white space in front of the path.
	const [line = ''] = head.toString('utf8', 2, 257).split('\n');
	const [interpreter = ''] = line.trimStart().split(/[ \t]/);
	return { format: 'script', interpreter };
}

function parseElf(head: Buffer): Executable {
	const wide = head[4] === 2;
	const little = head[5] !== 2;
	const at = {
		u16: (place: number) => (little ? head.readUInt16LE(place) : head.readUInt16BE(place)),
		u32: (place: number) => (little ? head.readUInt32LE(place) : head.readUInt32BE(place)),
		// No file has so many bytes that the upper half counts.
		word: (place: number) => (wide && !little ? at.u32(place + 4) : at.u32(place)),
	};
	const number = at.u16(18);
	const machine = machines.get(number) ?? `machine ${number} of elf.h`;
	const interpreter = interpreterOf(head, wide, at);
	return { format: 'elf', machine, ...(interpreter === undefined ? {} : { interpreter }) };
}

interface Fields {
	u16(place: number): number;
	u32(place: number): number;
	word(place: number): number;
}

function interpreterOf(head: Buffer, wide: boolean, at: Fields): string | undefined {
	const table = at.word(wide ? 32 : 28);
	const size = at.u16(wide ? 54 : 42);
	const count = at.u16(wide ? 56 : 44);
	for (let index = 0; index < count; index++) {
		const entry = table + index * size;
		if (entry + (wide ? 56 : 32) > head.length) return undefined;
		if (at.u32(entry) !== programInterpreter) continue;
		const start = at.word(entry + (wide ? 8 : 4));
		const end = start + at.word(entry + (wide ? 32 : 16));
		// It ends with a NUL.
		return end > head.length ? undefined : head.toString('utf8', start, end - 1);
	}
	return undefined;
}
