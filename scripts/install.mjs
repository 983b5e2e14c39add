// Puts what was built into a system: `node scripts/install.mjs [--prefix DIRECTORY]`, /usr/local by default.
import { parseArgs } from 'node:util';
import { installProgram } from './install/program.mjs';

// Everybody may call what is installed, whoever installs it.
process.umask(0o022);
try {
	const { values } = parseArgs({ options: { prefix: { type: 'string', default: '/usr/local' } } });
	for (const path of installProgram(values.prefix)) console.log(path);
} catch (error) {
	console.error(`install: ${error.message}`);
	process.exitCode = error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}
