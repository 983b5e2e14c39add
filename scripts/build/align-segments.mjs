// Layout of an ELF file (elf(5)), 64 bits, little endian.

/** What the kernel maps at once where it has a file in pieces as large: the size of a huge page (PMD) of x86-64, and of arm64 with pages of 4 KiB. */
const piece = 2 * 1024 * 1024;

const loaded = 1; // PT_LOAD
const programHeaders = { offset: 32, size: 54, count: 56, fileOffset: 8, address: 16, fileSize: 32, align: 48 };
const sectionHeaders = { offset: 40, size: 58, count: 60, fileOffset: 24 };

/**
 * Moves the loaded segments of an executable to offsets that are, modulo 2 MiB, their addresses. Then the kernel can map what it
 * has in its page cache as a huge page in one go, where it otherwise maps and unmaps 4 KiB at a time, as many as the program touches
 * and sixteen around each. Addresses, and all that the program knows of itself, stay as they are.
 *
 * @param {Buffer} file with its loaded segments in the order of their offsets
 * @returns {Buffer}
 */
export function alignSegments(file) {
	const programs = headersOf(file, programHeaders);
	const loads = programs
		.filter((at) => file.readUInt32LE(at) === loaded)
		.map((at) => {
			const offset = wide(file, at + programHeaders.fileOffset);
			const align = wide(file, at + programHeaders.align);
			const address = wide(file, at + programHeaders.address);
			const end = offset + wide(file, at + programHeaders.fileSize);
			return { offset, start: offset - (offset % align), end, address: address - (address % align) };
		});

	const moves = [];
	let length = 0;
	for (const { offset, start, end, address } of loads) {
		const to = length + modulo(address - length, piece);
		moves.push({ offset, start, end, by: to - start });
		length = to + end - start;
	}
	// What is not loaded: the names of sections and symbols, and the headers of the sections.
	const rest = Math.max(...loads.map(({ end }) => end));
	moves.push({ offset: rest, start: rest, end: file.length, by: length + modulo(rest - length, 16) - rest });

	const moved = Buffer.alloc(file.length + moves.at(-1).by);
	for (const { start, end, by } of moves) file.copy(moved, start + by, start, end);
	// The page in which a segment begins has the end of the one before it as well.
	const place = (position) => position + moves.findLast(({ offset }) => position >= offset).by;
	for (const at of programs) replace(moved, at + programHeaders.fileOffset, place);
	replace(moved, sectionHeaders.offset, place);
	for (const at of headersOf(moved, sectionHeaders)) replace(moved, at + sectionHeaders.fileOffset, place);
	return moved;
}

function headersOf(file, { offset, size, count }) {
	const first = wide(file, offset);
	return Array.from({ length: file.readUInt16LE(count) }, (_, index) => first + index * file.readUInt16LE(size));
}

function replace(file, at, place) {
	file.writeBigUInt64LE(BigInt(place(wide(file, at))), at);
}

function wide(file, at) {
	return Number(file.readBigUInt64LE(at));
}

function modulo(number, by) {
	return ((number % by) + by) % by;
}
