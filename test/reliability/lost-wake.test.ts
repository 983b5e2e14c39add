import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { compiledProgram, tracer } from '../harness/traced-calls.js';

describeWith([root, busybox, tracer, compiledProgram], 'a wait that the kernel refuses', () => {
	// The thread that sleeps in epoll_wait(2) and the loop that it wakes each have a first one, a second one and so on.
	test.each([1, 2, 3])(
		'is begun once more: epoll_wait number %i',
		async (number) => {
			// Longer than anybody waits in place.
			const { path } = scriptBundle('sleep 0.5; echo ended');
			const inject = `inject=epoll_wait:error=EIO:when=${number}`;
			const through = [
				'strace',
				'-qq',
				'-f',
				'-o',
				'/dev/null',
				'--seccomp-bpf',
				'-e',
				'trace=epoll_wait',
				'-e',
				inject,
			];
			const result = await tsrun(['run', '--bundle', path, containerId()], { through });
			expect(result).toMatchObject({ status: 0, stdout: 'ended\n', stderr: '' });
		},
		30_000,
	);
});
