// The command line of tsrun, called again and again in one process: what a call takes in which nothing happens for the first time.
// Compiled as dist/libexec/tsrun is (see tools.mjs). Prints the nanoseconds of each call in a line.
import { callerDescriptors, callerEnvironment } from '../dist/cli/environment.js';
import { main } from '../dist/cli/main.js';
import { isTerminal, readAll, writeAll, writeLastWords } from '../dist/cli/stdio.js';
import { blockBriefly, Runtime } from '../dist/lib/index.js';

const calls = 6;

blockBriefly(30);
const words = process.argv.slice(2);
const times = [];
for (let call = 0; call < calls; call++) {
	const start = process.hrtime.bigint();
	const status = await main(words, {
		env: callerEnvironment(),
		openRuntime: (options) => new Runtime({ ...options, inheritedDescriptors: callerDescriptors() }),
		stdout: () => {},
		stderr: writeLastWords,
		stdin: readAll,
		get stderrIsTerminal() {
			return isTerminal(2);
		},
	});
	times.push(process.hrtime.bigint() - start);
	if (status !== 0) process.exit(status);
}
writeAll(1, times.map((time) => `${time}\n`).join(''));
process.exit(0);
