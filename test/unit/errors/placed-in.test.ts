import { ConfigError } from '../../../lib/errors/index.js';

test('faults of a plan get their places in the file, those that have one keep it', () => {
	const where = { file: 'a.json', line: 3, column: 4 };
	const error = new ConfigError('ERR_CONFIG_UNSUPPORTED', 'config.json', [
		{ pointer: '/a', message: 'is not performed' },
		{ pointer: '/b', where, message: 'neither is this' },
	]).placedIn('/b/config.json', (pointer) => ({ file: '/b/config.json', line: 1, column: pointer.length }));
	expect(error.code).toBe('ERR_CONFIG_UNSUPPORTED');
	expect(error.faults.map((fault) => fault.where)).toEqual([{ file: '/b/config.json', line: 1, column: 2 }, where]);
	expect(error.message).toBe('/b/config.json:1:2: /a: is not performed\na.json:3:4: /b: neither is this');
});
