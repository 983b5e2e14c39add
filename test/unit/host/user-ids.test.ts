import { parseSubordinateIds } from '../../../lib/host/index.js';

const text = [
	'# lent ids',
	'me:100000:65536',
	'1000:300000:10',
	'other:400000:10',
	'me:500000:0',
	'me:4294967290:6',
	'me:4294967290:5',
	'me:-1:5',
	'me:1:2:3',
	'',
].join('\n');

test('ranges by name and by number, without those no kernel would take', () => {
	expect(parseSubordinateIds(text, { id: 1000, name: 'me' })).toEqual([
		{ first: 100000, count: 65536 },
		{ first: 300000, count: 10 },
		{ first: 4294967290, count: 5 },
	]);
	expect(parseSubordinateIds(text, { id: 1000 })).toEqual([{ first: 300000, count: 10 }]);
	expect(parseSubordinateIds(text, { id: 7, name: 'nobody' })).toEqual([]);
});
