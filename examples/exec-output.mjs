// One container and several programs in it: exit codes, stdout and stderr apart, stdin that ends.
import { text } from 'node:stream/consumers';
import { Runtime } from '../dist/lib/index.js';
import { makeBundle } from './bundle.mjs';

const bundle = makeBundle(process.argv[2], ['sleep', '1000']);
const container = await new Runtime().run(`exec-output-${process.pid}`, bundle, { stdio: 'ignore' });
try {
	const failing = await container.exec(['sh', '-c', 'echo out; echo err >&2; exit 3'], { stdio: 'pipe' });
	const [out, err, exit] = await Promise.all([text(failing.stdout), text(failing.stderr), failing.wait()]);
	console.log(JSON.stringify({ out, err, code: exit.code }));

	const counting = await container.exec(['wc', '-w'], { stdio: 'pipe' });
	counting.stdin.end('four words on stdin\n');
	console.log((await text(counting.stdout)).trim());
	await counting.wait();
} finally {
	await container.delete({ force: true });
}
