import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { tsrun } from '../harness/cli.js';
import { token } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';
import type { Verb } from './life-model.js';

/** Somebody who calls verbs of containers, several at the same time. */
export interface Caller extends AsyncDisposable {
	/** Undefined when it has worked, else why it has failed. */
	call(verb: Verb | 'list', id: string): Promise<string | undefined>;
}

/** Each call is a process of the program. */
export function byProgram(bundle: string): Caller {
	return {
		async call(verb, id) {
			const words: Record<Verb | 'list', readonly string[]> = {
				create: ['create', '--bundle', bundle, id],
				start: ['start', id],
				exec: ['exec', id, 'true'],
				kill: ['kill', id, 'KILL'],
				delete: ['delete', id],
				'delete --force': ['delete', '--force', id],
				state: ['state', id],
				list: ['list', '--format', 'json'],
			};
			const { status, stderr } = await tsrun(words[verb]);
			if (status === 0) return undefined;
			// A program of exec that dies with its container says nothing; whatever else fails says why.
			return verb === 'exec' && status === 137 ? 'ended by SIGKILL with its container' : stderr;
		},
		[Symbol.asyncDispose]: async () => {},
	};
}

interface Answer {
	readonly call: number;
	readonly worked: boolean;
	readonly error?: string;
}

/** The calls go round between four hosts of the library: two in each of two processes. */
export async function byLibrary(bundle: string): Promise<Caller> {
	const file = resolve(import.meta.dirname, 'fixtures/host.mjs');
	const env = { PATH: process.env['PATH'], TSRUN_TEST: token };
	const programs = [0, 1].map(() => fork(file, [stateRoot(), bundle], { env, execArgv: [] }));
	const waiting = new Map<number, (answer: Answer) => void>();
	for (const program of programs) program.on('message', (answer: Answer) => waiting.get(answer.call)?.(answer));
	await Promise.all(programs.map((program) => once(program, 'message')));
	let calls = 0;
	return {
		async call(verb, id) {
			const call = ++calls;
			const answer = new Promise<Answer>((done) => waiting.set(call, done));
			programs[call % 2]?.send({ call, host: (call >> 1) % 2, verb, id });
			const { worked, error = 'failed without a word' } = await within(20_000, answer, `${verb} ${id}`);
			waiting.delete(call);
			return worked ? undefined : error;
		},
		async [Symbol.asyncDispose]() {
			await Promise.all(programs.map(ended));
		},
	};
}

async function ended(program: ChildProcess): Promise<void> {
	const exit = once(program, 'exit');
	program.disconnect();
	await within(10_000, exit, 'the end of a program that uses the library');
}

async function within<T>(limitMs: number, promise: Promise<T>, what: string): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, fail) => {
		timer = setTimeout(() => fail(new Error(`${what} did not come in time`)), limitMs);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
