// Code that nobody trusts. It comes on standard input, sees nothing of the machine, has no network, no privileges, 32 MiB of
// memory, 20 processes, half a processor and two seconds; and each run starts from the same state.
import { Runtime } from 'tsrun';
import { capabilities, cpus, defineSpec, memory, pids, tmpfs, userNamespace } from 'tsrun/spec';

const runtime = new Runtime();
const spec = defineSpec(
	{ rootfs: process.argv[2], args: ['sh'], user: { uid: 1000 }, cwd: '/tmp', hostname: 'sandbox' },
	tmpfs('/tmp', { size: '8MiB' }),
	// Root of the container is nobody of the machine, and what runs is not even that root.
	userNamespace(100_000),
	capabilities(),
	memory('32MiB'),
	pids(20),
	cpus(0.5),
);
let count = 0;

/** Runs a script, and says what came of it. */
function judge(script) {
	const id = `sandbox-${process.pid}-${++count}`;
	return runtime.capture(id, spec, { input: script, timeoutMs: 2000, maxBytes: 1000 });
}

function report(title, { code, signal, stdout, timedOut, truncated }) {
	const end = timedOut ? 'out of time' : signal === null ? `code ${code}` : `killed by signal ${signal}`;
	console.log(`${title}: ${end}, ${truncated ? 'too much output' : JSON.stringify(stdout)}`);
}

report('honest', await judge('echo $((6 * 7))'));
report('endless', await judge('while :; do :; done'));
report('talkative', await judge('while :; do echo spam; done'));
report('greedy', await judge('exec tail /dev/zero'));
report('fork bomb', await judge('bomb() { bomb | bomb & }; bomb; sleep 5'));
report('curious', await judge('ps | wc -l; ls /sys/class/net; touch /etc/x 2>&1'));
