#!/usr/bin/env node
import { Runtime } from '../lib/index.js';
import { callerDescriptors, callerEnvironment } from './environment.js';
import { main } from './main.js';
import { readAll, writeAll, writeLastWords } from './stdio.js';

const status = main(process.argv.slice(2), {
	env: callerEnvironment(),
	openRuntime: (options) => new Runtime({ ...options, inheritedDescriptors: callerDescriptors() }),
	stdout: (text) => writeAll(1, text),
	stderr: writeLastWords,
	stdin: readAll,
	get stderrIsTerminal() {
		return process.stderr.isTTY === true;
	},
});
// Everything is written by now, and a handle that something left open must not keep an engine waiting.
status.then((code) => process.exit(code));
