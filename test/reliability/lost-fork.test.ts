import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { compiledProgram, type TracedCall, traced, tracer } from '../harness/traced-calls.js';

describeWith(
	[root, busybox, tracer, compiledProgram],
	'of the child that its helper has forked, which nobody else could end, the runtime',
	() => {
		const id = containerId();
		const words = ['exec', '--detach', id, 'sleep', '600'];
		// Long enough that a child that nobody waits for is seen before it has found out that it is alone.
		const slowly = 'sendmsg:delay_enter=300ms';

		/** The calls of the runtime's main thread. */
		async function callsOfRuntime(): Promise<readonly TracedCall[]> {
			const { calls } = await traced(words, { whom: 'lasting', delay: slowly });
			return calls.filter(({ thread }) => thread === calls[0]?.thread);
		}

		/** How many processes there are more when one of these calls has been refused, and the status. */
		async function refused({ name, number }: TracedCall) {
			const before = await processes(id);
			const filter = ['--seccomp-bpf', '-e', `trace=${name},sendmsg`, '-e', `inject=${slowly}`];
			const refuse = `inject=${name}:error=EIO:when=${number}`;
			const through = ['strace', '-qq', '-f', '-D', '-o', '/dev/null', ...filter, '-e', refuse];
			const { status } = await tsrun(words, { through });
			return { status, more: (await processes(id)) - before };
		}

		test('asks for its number once more when the message cannot be received', async () => {
			await using _container = await newRuntime().run(id, scriptBundle('sleep 600').path, { stdio: 'ignore' });
			const heard = (await callsOfRuntime()).filter(({ name }) => name === 'recvmsg');
			expect(heard.length).toBeGreaterThan(1);
			for (const call of heard) {
				const { status, more } = await refused(call);
				expect({ call: call.text, more }).toEqual({ call: call.text, more: status === 0 ? 1 : 0 });
			}
		});

		test('waits in the event loop for the message when it cannot wait in place', async () => {
			await using _container = await newRuntime().run(id, scriptBundle('sleep 600').path, { stdio: 'ignore' });
			const waits = (await callsOfRuntime()).filter(({ name }) => name === 'poll');
			expect(waits.length).toBeGreaterThan(0);
			for (const call of waits) {
				expect({ call: call.text, ...(await refused(call)) }).toEqual({ call: call.text, status: 0, more: 1 });
			}
		});

		test('asks once more whose child it is when /proc does not say', async () => {
			await using _container = await newRuntime().run(id, scriptBundle('sleep 600').path, { stdio: 'ignore' });
			const calls = await callsOfRuntime();
			const opened = calls.findLastIndex(({ name, text }) => name === 'openat' && /"\/proc\/\d+\/stat"/.test(text));
			const closed = calls.findIndex(({ name }, index) => index > opened && name === 'close');
			const asked = calls.slice(opened, closed);
			expect(asked.map(({ name }) => name)).toEqual(expect.arrayContaining(['openat', 'read']));
			for (const call of asked) {
				expect({ call: call.text, ...(await refused(call)) }).toEqual({ call: call.text, status: 0, more: 1 });
			}
		});

		test('ends it when there can be no descriptor for it', async () => {
			await using _container = await newRuntime().run(id, scriptBundle('sleep 600').path, { stdio: 'ignore' });
			const opened = (await callsOfRuntime()).findLast(({ name }) => name === 'pidfd_open');
			if (opened === undefined) throw new Error('the runtime has opened no process');
			expect(await refused(opened)).toEqual({ status: 255, more: 0 });
		});
	},
);

async function processes(id: string): Promise<number> {
	const { stdout } = await tsrun(['ps', '--format', 'json', id]);
	return JSON.parse(stdout).length;
}
