import { TsrunError } from '../errors/index.js';
import { native, OwnedFd } from '../native/index.js';
import { showValue } from '../spec/show-value.js';
import type { Stdio, StdioOption, StdioStreams } from './options.js';

/** The three descriptors for a process, and our ends of those that are pipes. */
export interface PreparedStdio extends Disposable {
	readonly descriptors: readonly [number, number, number];
	/** Turns our ends into streams. Call it once, when the process has its own. */
	streams(): Promise<StdioStreams>;
}

/**
 * Opens what `stdio` asks for. Disposing closes the process's ends of pipes, which it has its own copies of by then.
 *
 * @throws TsrunError ERR_ARGUMENT when it is none of what can be asked for: nothing is open then
 */
export function prepareStdio(stdio: Stdio): PreparedStdio {
	const [stdin, stdout, stderr] = typeof stdio === 'object' && 'length' in stdio ? stdio : [stdio, stdio, stdio];
	for (const option of [stdin, stdout, stderr]) assertOption(option);
	const opened = [open(stdin, 0), open(stdout, 1), open(stderr, 2)] as const;
	return {
		descriptors: [opened[0].theirs, opened[1].theirs, opened[2].theirs],
		async streams() {
			if (opened.every(({ ours }) => ours === undefined)) return { stdin: null, stdout: null, stderr: null };
			const { PipeReader, PipeWriter } = await import('../native/pipe.js');
			const reader = (fd: OwnedFd | undefined) => (fd === undefined ? null : new PipeReader(fd));
			const writer = (fd: OwnedFd | undefined) => (fd === undefined ? null : new PipeWriter(fd));
			return { stdin: writer(opened[0].ours), stdout: reader(opened[1].ours), stderr: reader(opened[2].ours) };
		},
		[Symbol.dispose]() {
			for (const { owned, ours } of opened) {
				owned?.close();
				// Still open only when nobody has asked for the streams: the launch has failed.
				ours?.close();
			}
		},
	};
}

// A stream of node:fs has no descriptor before it has said "open", and one that is not of a file never has.
function assertOption(option: StdioOption): void {
	if (option === 'inherit' || option === 'pipe' || option === 'ignore') return;
	const fd = typeof option === 'object' ? option?.fd : option;
	if (Number.isInteger(fd) && fd >= 0 && fd <= 0x7fff_ffff) return;
	const what = typeof option === 'object' ? 'a stream without one' : showValue(option);
	throw new TsrunError(
		'ERR_ARGUMENT',
		`stdio takes "inherit", "pipe", "ignore", a descriptor, or a stream that has one; found ${what}`,
	);
}

interface Opened {
	readonly theirs: number;
	readonly owned?: OwnedFd;
	readonly ours?: OwnedFd;
}

function open(option: StdioOption, number: 0 | 1 | 2): Opened {
	if (option === 'inherit') return { theirs: number };
	if (option === 'ignore') return { theirs: -1 };
	if (typeof option === 'number') return { theirs: option };
	if (option !== 'pipe') return { theirs: option.fd };
	const [reader, writer] = native().pipe();
	const [ours, theirs] = number === 0 ? [writer, reader] : [reader, writer];
	native().setNonBlocking(ours, true);
	return { theirs, owned: new OwnedFd(theirs), ours: new OwnedFd(ours) };
}
