import { Readable } from 'node:stream';
import { linesOf } from '../../../lib/runtime/lines.js';

async function lines(...chunks: (string | Buffer)[]): Promise<string[]> {
	const all: string[] = [];
	const stdout = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
	for await (const line of linesOf({ terminal: null, stdout, stderr: null }, 'stdout')) all.push(line);
	return all;
}

test.each<[string, (string | Buffer)[], string[]]>([
	['nothing', [], []],
	['a last line without an end', ['one\ntwo'], ['one', 'two']],
	['empty lines', ['\n\na\n'], ['', '', 'a']],
	['lines in pieces', ['o', 'ne\nt', 'wo\n'], ['one', 'two']],
	['the ends of a terminal', ['one\r', '\ntwo\r\n'], ['one', 'two']],
	['characters in pieces', [Buffer.from([0xe2, 0x82]), Buffer.from([0xac, 0x0a])], ['€']],
	['what is not UTF-8', [Buffer.from([0x61, 0xff, 0x0a])], ['a\ufffd']],
])('%s', async (_, chunks, expected) => {
	expect(await lines(...chunks)).toEqual(expected);
});

test('a line without an end comes in pieces of a mebibyte', async () => {
	const piece = 'x'.repeat(700_000);
	const found = await lines(piece, piece, piece, '\nshort\n');
	expect(found.map((line) => line.length)).toEqual([1_048_576, 1_048_576, 2_100_000 - 2 * 1_048_576, 5]);
});

test('no stream is an error that says what to ask for', async () => {
	await expect(linesOf({ terminal: null, stdout: null, stderr: null }, 'stderr').next()).rejects.toMatchObject({
		code: 'ERR_ARGUMENT',
		hint: expect.any(String),
	});
});
