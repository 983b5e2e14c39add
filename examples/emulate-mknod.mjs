// A container without any privilege on the host makes a device: its mknod(2) is held up, looked at here, and done here.
import { Runtime } from 'tsrun';
import { defineSpec, merge, userNamespace } from 'tsrun/spec';
import { emulateMknod, mknodRule } from './mknod-handler.mjs';

// /dev/null may be had, /dev/mem may not.
const script = 'mknod null c 1 3 && stat -c "made %n, %F" null; rm -f null; mknod memory c 1 1';

const spec = defineSpec(
	{ rootfs: process.argv[2], args: ['sh', '-c', script], cwd: '/tmp', writable: true },
	userNamespace(100_000),
	merge({ linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [mknodRule] } } }),
);

const runtime = new Runtime({ onWarning: ({ message }) => console.error(message) });
const { stdout } = await runtime.capture(`mknod-${process.pid}`, spec, {
	onSyscall: (call) => {
		const answer = emulateMknod(call);
		console.log(`${call.name} of process ${call.pid}:`, answer);
		return answer;
	},
});
console.log(stdout.trim());
