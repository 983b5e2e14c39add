import { readDescriptors, readEnvironment } from '../../../cli/environment.js';

test('behind the launcher, the renamed variables are the caller’s and nothing else is', () => {
	const environment = {
		_TSRUN_ENV_PATH: '/bin',
		_TSRUN_ENV_: 'empty name',
		BUN_OPTIONS: '--smol',
		_TSRUN_LAUNCHER: '1',
	};
	expect({ ...readEnvironment(environment, true) }).toEqual({ PATH: '/bin', '': 'empty name' });
});

test('what the caller had under the launcher’s own names comes back under them', () => {
	const environment = { _TSRUN_ENV__TSRUN_LAUNCHER: '0', _TSRUN_ENV__TSRUN_ENV_A: 'b', _TSRUN_LAUNCHER: '1' };
	expect({ ...readEnvironment(environment, true) }).toEqual({ _TSRUN_LAUNCHER: '0', _TSRUN_ENV_A: 'b' });
});

test('under plain Node the environment is the caller’s, even with the marker in it', () => {
	const environment = { PATH: '/bin', _TSRUN_LAUNCHER: '1', _TSRUN_ENV_A: 'b' };
	expect({ ...readEnvironment(environment, false) }).toEqual(environment);
});

test('the launcher’s count of descriptors is believed behind the launcher alone', () => {
	const environment = { _TSRUN_LAUNCHER: '1', _TSRUN_DESCRIPTORS: '2', _TSRUN_ENV__TSRUN_DESCRIPTORS: '9' };
	expect(readDescriptors(environment, true)).toBe(2);
	expect(readDescriptors(environment, false)).toBeUndefined();
	expect(readDescriptors({ _TSRUN_DESCRIPTORS: '2' }, true)).toBeUndefined();
});

test('a variable called __proto__ is a variable', () => {
	const environment = JSON.parse('{"_TSRUN_ENV___proto__":"x","_TSRUN_LAUNCHER":"1"}');
	expect(Object.entries(readEnvironment(environment, true))).toEqual([['__proto__', 'x']]);
});
