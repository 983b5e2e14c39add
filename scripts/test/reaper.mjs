// The shell stays and waits for any child, its own or adopted, as long as it has something to do after the command. Processes are counted
// from our own number on: names of temporary files are made of such numbers, and several runs share a cache.
const script = 'echo "$0" >/proc/sys/kernel/ns_last_pid; "$@"; exit $?';
const init = ['unshare', '--pid', '--fork', '--mount-proc', '--', 'sh', '-c', script, String(process.pid)];

/**
 * A view whose commands run in a pid namespace of their own, where a shell adopts the orphans and reaps them at once. The machine's own
 * first process may take its time (1.7 s have been seen where it is not systemd), and an init that is killed does not end before
 * every process in its pid namespace has been reaped (pid_namespaces(7)): tests that kill runtimes would measure that.
 *
 * Not for tests that speak to systemd or to an engine: those know processes by the machine's numbers.
 */
export function withReaper(view) {
	// Without a prefix the tests do not run as root, and cannot have one.
	return view.prefix.length === 0 ? view : { ...view, prefix: [...view.prefix, ...init] };
}
