// A container without any privilege on the host makes a device: its mknod(2) is held up, looked at here, and done here.
import { Runtime } from '../dist/lib/index.js';
import { makeBundle } from './bundle.mjs';
import { emulateMknod, mknodRule } from './mknod-handler.mjs';

// /dev/null may be had, /dev/mem may not.
const script = 'cd /tmp && mknod null c 1 3 && stat -c "made %n, %F" null; rm null; mknod memory c 1 1';

const bundle = makeBundle(process.argv[2], ['sh', '-c', script], (spec) => {
	spec.root.readonly = false;
	const everybody = [{ containerID: 0, hostID: 100000, size: 65536 }];
	spec.linux.namespaces.push({ type: 'user' });
	Object.assign(spec.linux, { uidMappings: everybody, gidMappings: everybody });
	spec.linux.seccomp = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [mknodRule] };
});

const runtime = new Runtime({ onWarning: ({ message }) => console.error(message) });
const container = await runtime.run(`mknod-${process.pid}`, bundle, {
	stdio: ['ignore', 'inherit', 'inherit'],
	onSyscall: (call) => {
		const answer = emulateMknod(call);
		console.log(`${call.name} of process ${call.pid}:`, answer);
		return answer;
	},
});
await container.wait();
await container.delete();
