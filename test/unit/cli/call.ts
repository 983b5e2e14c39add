import { main } from '../../../cli/main.js';
import type { RuntimeOptions } from '../../../lib/index.js';
import { type Behaviour, FakeRuntime } from './fake-runtime.js';

export interface Outcome {
	readonly status: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly runtime: FakeRuntime;
	/** What the library was opened with. */
	readonly opened: readonly RuntimeOptions[];
}

/** One call of the command line with a library that does nothing. */
export async function call(words: readonly string[], behaviour: Behaviour = {}, stdin = ''): Promise<Outcome> {
	const runtime = new FakeRuntime(behaviour);
	const opened: RuntimeOptions[] = [];
	let stdout = '';
	let stderr = '';
	const status = await main(words, {
		env: { PATH: process.env['PATH'] ?? '' },
		openRuntime(options) {
			opened.push(options);
			return runtime.asRuntime();
		},
		stdout: async (text) => {
			stdout += text;
		},
		stderr: async (text) => {
			stderr += text;
		},
		stdin: async () => stdin,
		stderrIsTerminal: false,
	});
	return { status, stdout, stderr, runtime, opened };
}
