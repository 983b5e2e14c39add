import { differingLine } from '../../../lib/resctrl/schemata.js';

// As the kernel prints it: right-aligned names, numbers in columns.
const file = '    L3:0=7f0;1=01f\n    MB:0= 20;1=100\n';

test.each([
	['the same', ['L3:0=7f0;1=1f', 'MB:0=20;1=100']],
	['in another order and with other zeros', ['L3:1=01F;0=0007f0']],
	['of one cache only', ['MB:1=100']],
	['a later line that puts an earlier one right', ['L3:0=1;1=1f', 'L3:0=7f0']],
	['nothing', []],
])('holds: %s', (_, lines) => {
	expect(differingLine(lines, file)).toBeUndefined();
});

test.each([
	['another mask', ['MB:0=20', 'L3:0=7f1'], 'L3:0=7f1'],
	['a cache that is not there', ['L3:2=7f0'], 'L3:2=7f0'],
	['a resource that is not there', ['L2:0=f'], 'L2:0=f'],
	['a later line that spoils an earlier one', ['L3:0=7f0', 'L3:0=1'], 'L3:0=1'],
])('does not hold: %s', (_, lines, different) => {
	expect(differingLine(lines, file)).toBe(different);
});
