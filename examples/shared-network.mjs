// Two containers, one network namespace: the second finds the first one's server on its own loopback device.
import { text } from 'node:stream/consumers';
import { Runtime } from '../dist/lib/index.js';
import { makeBundle } from './bundle.mjs';

const runtime = new Runtime();
const server = await runtime.run(
	`network-owner-${process.pid}`,
	makeBundle(process.argv[2], ['nc', '-ll', '-p', '8080', '-e', 'echo', 'hello over loopback']),
	{ stdio: 'ignore' },
);
try {
	const joined = makeBundle(process.argv[2], ['sh', '-c', 'until nc 127.0.0.1 8080; do :; done'], (spec) => {
		const network = spec.linux.namespaces.find(({ type }) => type === 'network');
		network.path = `/proc/${server.pid}/ns/net`;
	});
	const guest = await runtime.run(`network-guest-${process.pid}`, joined, { stdio: ['ignore', 'pipe', 'ignore'] });
	try {
		console.log((await text(guest.stdout)).trim());
		await guest.wait();
	} finally {
		await guest.delete({ force: true });
	}
} finally {
	await server.delete({ force: true });
}
