import { stateDocument, table } from '../../../cli/print.js';
import { state } from './fake-runtime.js';

test('cells are 12 wide at least, 3 spaces apart, and the last is not padded', () => {
	const text = table(
		['ID', 'PID', 'OWNER'],
		[
			['a-rather-long-name', '1', 'root'],
			['b', '22', '#1000'],
		],
	);
	expect(text).toBe(
		[
			'ID                   PID         OWNER',
			'a-rather-long-name   1           root',
			'b                    22          #1000',
			'',
		].join('\n'),
	);
});

test('a bundle path cannot act on the terminal or add lines', () => {
	expect(table(['A'], [['x\u001b[2J\ny\u009b']])).toBe('A\nx\\x1b[2J\\x0ay\\x9b\n');
});

test('members in runc’s order, annotations only when there are some', () => {
	const order = ['ociVersion', 'id', 'pid', 'status', 'bundle', 'rootfs', 'created', 'owner'];
	expect(Object.keys(stateDocument({ ...state, annotations: {} } as never))).toEqual(order);
	expect(Object.keys(stateDocument({ ...state, annotations: { a: 'b' } } as never))).toEqual([
		...order.slice(0, 7),
		'annotations',
		'owner',
	]);
});

test('members of the library alone are left out', () => {
	expect(stateDocument({ ...state, secret: 1 } as never)).not.toHaveProperty('secret');
});
