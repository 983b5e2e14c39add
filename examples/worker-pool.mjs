// Fifty containers in one process, and three hundred jobs: each container takes the next job when it is done with one.
import { Runtime } from 'tsrun';
import { defineSpec } from 'tsrun/spec';

const size = 50;
const rootfs = process.argv[2];
const runtime = new Runtime();
const jobs = Array.from({ length: 300 }, (_, number) => number);
const results = [];

const spec = defineSpec({ rootfs, args: ['sleep', '1000'] });
const workers = await Promise.allSettled(
	Array.from({ length: size }, (_, index) => runtime.run(`pool-${process.pid}-${index}`, spec, { stdio: 'ignore' })),
);
const pool = workers.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
try {
	for (const { status, reason } of workers) if (status === 'rejected') throw reason;
	await Promise.all(pool.map(work));
} finally {
	await Promise.all(pool.map((worker) => worker.delete({ force: true })));
}

async function work(worker) {
	for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
		const { stdout } = await worker.capture(['sh', '-c', `echo $((${job} * ${job}))`]);
		results.push(Number(stdout));
	}
}

const { containers } = await runtime.list();
const left = containers.filter(({ id }) => id.startsWith(`pool-${process.pid}-`)).length;
console.log(`${results.length} jobs by ${pool.length} containers: ${results.reduce((sum, one) => sum + one, 0)}`);
console.log(`left over: ${left} containers`);
