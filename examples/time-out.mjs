// A program that would never end, and neither would what it starts: after half a second all of it is gone.
import { Runtime } from 'tsrun';
import { defineSpec, pids } from 'tsrun/spec';

const endless = 'echo working; while true; do (sleep 1000 &); sleep 0.1; done';
const spec = defineSpec({ rootfs: process.argv[2], args: ['sh', '-c', endless] }, pids(64));

const runtime = new Runtime();
const id = `time-out-${process.pid}`;
const { stdout, timedOut } = await runtime.capture(id, spec, { timeoutMs: 500 });
console.log({ stdout, timedOut });

const { containers } = await runtime.list();
console.log(`left over: ${containers.filter((one) => one.id === id).length} containers`);
