// One container and several programs in it: exit codes, stdout and stderr apart, stdin that ends, lines as they come.
import { Runtime } from 'tsrun';
import { defineSpec } from 'tsrun/spec';

const spec = defineSpec({ rootfs: process.argv[2], args: ['sleep', '1000'] });
const container = await new Runtime().run(`exec-output-${process.pid}`, spec, { stdio: 'ignore' });
try {
	console.log(await container.capture(['sh', '-c', 'echo out; echo err >&2; exit 3']));

	const { stdout } = await container.capture(['wc', '-w'], { input: 'four words on stdin\n' });
	console.log(stdout.trim());

	const counting = await container.exec(['sh', '-c', 'for n in 1 2 3; do echo "line $n"; done'], { stdio: 'pipe' });
	for await (const line of counting.lines()) console.log(line);
	console.log(await counting.exit);
} finally {
	await container.delete({ force: true });
}
