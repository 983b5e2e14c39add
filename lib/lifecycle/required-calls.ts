import { TsrunError } from '../errors/index.js';
import { native, OwnedFd } from '../native/index.js';
import { errnoOf } from '../os/index.js';

let areThere = false;

/**
 * Whether the oldest calls that nothing stands in for are there is asked before anything is made: of those, this one is first
 * missed when the container runs already.
 *
 * @throws TsrunError ERR_KERNEL_TOO_OLD
 */
export function requireCalls(): void {
	if (areThere) return;
	try {
		new OwnedFd(native().pidfdOpen(process.pid)).close();
		areThere = true;
	} catch (cause) {
		const errno = errnoOf(cause);
		throw new TsrunError(
			'ERR_KERNEL_TOO_OLD',
			'this kernel, or a seccomp profile around this program, refuses pidfd_open(2)',
			{
				syscall: 'pidfd_open',
				errno,
				hint: 'The call is there from Linux 5.3 on; container engines let it through since 2020.',
				cause,
			},
		);
	}
}
