#!/usr/bin/env node
import { blockBriefly, Runtime } from '../lib/index.js';
import { callerDescriptors, callerEnvironment } from './environment.js';
import { main } from './main.js';
import { isTerminal, readAll, writeAll, writeLastWords } from './stdio.js';

// One verb is all that this process does. An init helper answers, and a short program ends, well within this time; a signal
// ends the wait, or is seen after it.
blockBriefly(30);

const status = main(process.argv.slice(2), {
	env: callerEnvironment(),
	openRuntime: (options) => new Runtime({ ...options, inheritedDescriptors: callerDescriptors() }),
	stdout: (text) => writeAll(1, text),
	stderr: writeLastWords,
	stdin: readAll,
	get stderrIsTerminal() {
		return isTerminal(2);
	},
});
// Everything is written by now, and a handle that something left open must not keep an engine waiting.
status.then((code) => process.exit(code));
