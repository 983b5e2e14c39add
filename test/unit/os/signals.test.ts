import { constants } from 'node:os';
import { parseSignal, signalName } from '../../../lib/os/index.js';

test.each([
	['9', 9],
	['0', 0],
	['15', 15],
	['999', 999],
	['KILL', 9],
	['SIGKILL', 9],
	['sigterm', 15],
	['Term', 15],
	['hup', 1],
	['CLD', 17],
	['IOT', 6],
	['poll', 29],
	['RTMIN', 34],
	['SIGRTMIN+3', 37],
	['rtmin+30', 64],
	['SIGRTMAX', 64],
	['RTMAX-14', 50],
])('%s is %i', (text, number) => {
	expect(parseSignal(text)).toBe(number);
});

test.each([
	'',
	' 9',
	'+9',
	'-9',
	'9.0',
	'1e1',
	'0x9',
	'SIG',
	'SIGNOPE',
	'SIGSIGKILL',
	'RTMIN+31',
	'RTMAX+1',
	'RTMIN-1',
	'toString',
	'__proto__',
	'99999999999',
])('%j is unknown', (text) => {
	expect(() => parseSignal(text)).toThrow(
		expect.objectContaining({ code: 'ERR_SIGNAL', message: `unknown signal ${JSON.stringify(text)}` }),
	);
});

test('the numbers are those of this machine', () => {
	for (const [name, number] of Object.entries(constants.signals))
		expect([name, parseSignal(name)]).toEqual([name, number]);
});

test('names lead back to their numbers', () => {
	for (let number = 1; number <= 64; number += 1) expect(parseSignal(signalName(number))).toBe(number);
	expect([6, 17, 29, 33, 34, 40, 65].map(signalName)).toEqual([
		'SIGABRT',
		'SIGCHLD',
		'SIGIO',
		'33',
		'SIGRTMIN',
		'SIGRTMIN+6',
		'65',
	]);
});
