import { oneOf, uint64 } from './scalars.js';
import { object } from './shape.js';

// getrlimit(2); the list has not grown since Linux 2.6.25.
export const rlimitNames = [
	'RLIMIT_AS',
	'RLIMIT_CORE',
	'RLIMIT_CPU',
	'RLIMIT_DATA',
	'RLIMIT_FSIZE',
	'RLIMIT_LOCKS',
	'RLIMIT_MEMLOCK',
	'RLIMIT_MSGQUEUE',
	'RLIMIT_NICE',
	'RLIMIT_NOFILE',
	'RLIMIT_NPROC',
	'RLIMIT_RSS',
	'RLIMIT_RTPRIO',
	'RLIMIT_RTTIME',
	'RLIMIT_SIGPENDING',
	'RLIMIT_STACK',
] as const;

export const rlimitSchema = object({
	type: oneOf(rlimitNames),
	soft: uint64,
	hard: uint64,
});
