import { readFileSync } from 'node:fs';
import { parseExecutable } from '../../../lib/os/executable.js';

/** An ELF file of this class and byte order with one program header, for an interpreter. */
function elf({
	wide,
	little,
	machine,
	interpreter,
}: {
	wide: boolean;
	little: boolean;
	machine: number;
	interpreter?: string;
}): Buffer {
	const bytes = Buffer.alloc(256);
	bytes.write('\x7fELF', 'latin1');
	bytes[4] = wide ? 2 : 1;
	bytes[5] = little ? 1 : 2;
	const u16 = (place: number, value: number) =>
		little ? bytes.writeUInt16LE(value, place) : bytes.writeUInt16BE(value, place);
	const u32 = (place: number, value: number) =>
		little ? bytes.writeUInt32LE(value, place) : bytes.writeUInt32BE(value, place);
	const word = (place: number, value: number) => u32(wide && !little ? place + 4 : place, value);
	u16(18, machine);
	word(wide ? 32 : 28, 64);
	u16(wide ? 54 : 42, wide ? 56 : 32);
	u16(wide ? 56 : 44, interpreter === undefined ? 0 : 1);
	if (interpreter !== undefined) {
		u32(64, 3);
		word(64 + (wide ? 8 : 4), 160);
		word(64 + (wide ? 32 : 16), interpreter.length + 1);
		bytes.write(`${interpreter}\0`, 160);
	}
	return bytes;
}

test.each([
	[{ wide: true, little: true, machine: 62, interpreter: '/lib64/ld-linux-x86-64.so.2' }, 'x86_64'],
	[{ wide: true, little: true, machine: 183 }, 'aarch64'],
	[{ wide: false, little: true, machine: 40, interpreter: '/lib/ld-linux-armhf.so.3' }, 'arm'],
	[{ wide: true, little: false, machine: 22, interpreter: '/lib/ld64.so.1' }, 's390x'],
	[{ wide: false, little: false, machine: 8, interpreter: '/lib/ld.so.1' }, 'mips'],
])('a program %j', (given, machine) => {
	const { interpreter } = given as { interpreter?: string };
	expect(parseExecutable(elf(given))).toEqual({
		format: 'elf',
		machine,
		...(interpreter === undefined ? {} : { interpreter }),
	});
});

test('the program that runs this test', () => {
	expect(parseExecutable(readFileSync(process.execPath).subarray(0, 65_536))).toMatchObject({ format: 'elf' });
});

test.each([
	['#!/bin/sh\n', '/bin/sh'],
	['#! /usr/bin/env python3\nprint()', '/usr/bin/env'],
	['#!\t/bin/awk -f\n', '/bin/awk'],
	['#!/bin/sh\r\n', '/bin/sh\r'],
	['#!/bin/sh', '/bin/sh'],
])('a script %j', (text, interpreter) => {
	expect(parseExecutable(Buffer.from(text))).toEqual({ format: 'script', interpreter });
});

test.each([[''], ['echo hello\n'], ['\x7fELF'], ['MZ']])('neither: %j', (text) => {
	expect(parseExecutable(Buffer.from(text, 'latin1'))).toEqual({ format: 'other' });
});

test('a header that points out of the file has no interpreter', () => {
	const broken = elf({ wide: true, little: true, machine: 62, interpreter: '/lib/ld.so' });
	broken.writeUInt32LE(0xffff_ff00, 32);
	expect(parseExecutable(broken)).toEqual({ format: 'elf', machine: 'x86_64' });
});
