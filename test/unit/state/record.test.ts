import fc from 'fast-check';
import { parseRecord, recordVersion, serializeRecord } from '../../../lib/state/index.js';
import { exampleRecord } from './example-record.js';

const corrupt = (message: string) =>
	expect.objectContaining({
		code: 'ERR_STATE_CORRUPT',
		path: '/r/state.json',
		message: expect.stringContaining(message),
	});
const parse = (value: unknown) => parseRecord(JSON.stringify(value), '/r/state.json');

test('comes back as it was written', () => {
	expect(parseRecord(serializeRecord(exampleRecord), '/r/state.json')).toEqual(exampleRecord);
});

test('keeps members of a later version that calls itself compatible', () => {
	const record = { ...exampleRecord, later: { x: [1] }, cgroup: { ...exampleRecord.cgroup, more: true } };
	expect(parse(record)).toEqual(record);
});

test('a record of a newer version is not guessed at', () => {
	expect(() => parse({ ...exampleRecord, version: recordVersion + 1, pid: 'now a string' })).toThrow(
		corrupt(`version ${recordVersion + 1}`),
	);
});

test.each([
	['', 'not JSON'],
	['{"version":1', 'not JSON'],
	['null', 'no version'],
	['[]', 'no version'],
	['{}', 'no version'],
	['{"version":"1"}', 'no version'],
	['{"version":1}', 'id'],
])('%j is refused', (text, reason) => {
	expect(() => parseRecord(text, '/r/state.json')).toThrow(corrupt(reason));
});

test.each([
	['pid', -1],
	['pid', 1.5],
	['pid', '1'],
	['startTime', 12],
	['startTime', '1 2'],
	['bundle', 'relative'],
	['annotations', { key: 1 }],
	['namespaces', [{ path: '/x' }]],
	['cgroup', { manager: 'other', paths: {}, created: [] }],
	['cgroup', { manager: 'cgroupfs', paths: {}, created: ['relative'] }],
])('%s: %j is refused by name', (member, value) => {
	expect(() => parse({ ...exampleRecord, [member]: value })).toThrow(corrupt(member));
});

test('no text does anything but parse or be refused', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
			expect(() => parseRecord(text, '/r/state.json')).toThrow(corrupt(''));
		}),
	);
});
