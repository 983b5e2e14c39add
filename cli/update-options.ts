import type { Options } from './command.js';

const microseconds = 'MICROSECONDS';

/** The options of `update`; the names are runc's. */
export const updateOptions = {
	resources: {
		kind: 'text',
		alias: 'r',
		value: 'FILE|-',
		summary: 'a linux.resources object as JSON; - is standard input',
	},
	'blkio-weight': { kind: 'integer', value: 'WEIGHT', summary: 'share of block device time, 10 to 1000' },
	'cpu-period': { kind: 'text', value: microseconds, summary: 'length of the period that --cpu-quota is about' },
	'cpu-quota': { kind: 'text', value: microseconds, summary: 'processor time in each period; -1 for no limit' },
	'cpu-burst': { kind: 'text', value: microseconds, summary: 'unused quota that may be saved up' },
	'cpu-share': { kind: 'text', value: 'SHARES', summary: 'weight against other containers, 2 to 262144' },
	'cpu-rt-period': { kind: 'text', value: microseconds, summary: 'length of the period for real-time scheduling' },
	'cpu-rt-runtime': { kind: 'text', value: microseconds, summary: 'real-time processor time in each period' },
	'cpu-idle': { kind: 'text', value: '0|1', summary: '1: run only when nothing else wants the processor' },
	'cpuset-cpus': { kind: 'text', value: 'LIST', summary: 'processors that may be used, such as 0-2,7' },
	'cpuset-mems': { kind: 'text', value: 'LIST', summary: 'memory nodes that may be used' },
	memory: { kind: 'text', value: 'SIZE', summary: 'limit of memory' },
	'memory-reservation': { kind: 'text', value: 'SIZE', summary: 'memory that is left alone under pressure' },
	'memory-swap': { kind: 'text', value: 'SIZE', summary: 'limit of memory and swap together; -1 for no limit' },
	'kernel-memory': { kind: 'text', value: 'SIZE', hidden: true, summary: 'ignored: kernels no longer have it' },
	'kernel-memory-tcp': { kind: 'text', value: 'SIZE', hidden: true, summary: 'of TCP buffers; cgroup v1 alone' },
	'pids-limit': {
		kind: 'integer',
		value: 'N',
		summary: 'how many processes and threads there may be; -1 for no limit',
	},
	'l3-cache-schema': { kind: 'text', value: 'SCHEMA', summary: 'Intel RDT schema of the level 3 cache' },
	'mem-bw-schema': { kind: 'text', value: 'SCHEMA', summary: 'Intel RDT schema of the memory bandwidth' },
} as const satisfies Options;
