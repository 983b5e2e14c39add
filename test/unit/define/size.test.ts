import { bytesOf } from '../../../lib/define/size.js';

test.each<[number | string, number]>([
	[5, 5],
	['1024', 1024],
	['64M', 67_108_864],
	['64MiB', 67_108_864],
	['64 mb', 67_108_864],
	['1.5G', 1_610_612_736],
	['0.3K', 307],
	[' 2TiB ', 2 * 1024 ** 4],
])('%p is %p bytes', (size, bytes) => {
	expect(bytesOf(size)).toBe(bytes);
});

test.each(['', 'much', '5X', '-1', '1..5M', '5 MM'])('%p is no size', (size) => {
	expect(() => bytesOf(size)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT', hint: expect.any(String) }));
});
