// Two containers, one network namespace: the second finds the first one's server on its own loopback device.
import { Runtime } from 'tsrun';
import { defineSpec, network } from 'tsrun/spec';

const rootfs = process.argv[2];
const runtime = new Runtime();
const server = await runtime.run(
	`network-owner-${process.pid}`,
	defineSpec({ rootfs, args: ['nc', '-ll', '-p', '8080', '-e', 'echo', 'hello over loopback'] }),
	{ stdio: 'ignore' },
);
try {
	const guest = defineSpec(
		{ rootfs, args: ['sh', '-c', 'until nc 127.0.0.1 8080; do :; done'] },
		network({ pid: server.pid }),
	);
	const { stdout } = await runtime.capture(`network-guest-${process.pid}`, guest, { timeoutMs: 10_000 });
	console.log(stdout.trim());
} finally {
	await server.delete({ force: true });
}
