import { socketPaths } from '../../../lib/dbus/address.js';

test.each([
	['unix:path=/run/user/1000/bus', ['/run/user/1000/bus']],
	['unix:path=/run/a,guid=1234', ['/run/a']],
	['unix:guid=1,path=/a%20b', ['/a b']],
	['tcp:host=localhost,port=1;unix:path=/b', ['/b']],
	['unix:abstract=/tmp/x', []],
	['', []],
])('%s', (address, paths) => {
	expect(socketPaths(address)).toEqual(paths);
});
