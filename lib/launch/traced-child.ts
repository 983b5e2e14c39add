/** How often we look without being told; it also keeps the event loop alive for whoever waits. */
const lookAgainMs = 500;

/** A wait that keeps the event loop alive if it is asked to. */
export interface TracedChild<Status> {
	readonly status: Promise<Status>;
	ref(): void;
}

/**
 * Waits for the status of a child that has ended while somebody traced it. The kernel withholds such a status from the
 * parent until the tracer has seen it or is gone itself (ptrace(2)), although the pidfd is readable from the end on; then it
 * sends the parent another SIGCHLD. A process in a container may trace those of `exec`, and a child that is never reaped
 * would hold up the end of its pid namespace, and with it every `delete`.
 *
 * @param take the status, or undefined as long as there is none
 */
export function afterTracer<Status>(take: () => Status | undefined): TracedChild<Status> {
	let timer: NodeJS.Timeout | undefined;
	const status = new Promise<Status>((resolve, reject) => {
		const look = () => {
			try {
				const taken = take();
				if (taken === undefined) return;
				resolve(taken);
			} catch (error) {
				reject(error);
			}
			clearInterval(timer);
			process.off('SIGCHLD', look);
		};
		timer = setInterval(look, lookAgainMs).unref();
		process.on('SIGCHLD', look);
		look();
	});
	return { status, ref: () => void timer?.ref() };
}
