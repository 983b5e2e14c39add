import { TsrunError } from '../lib/index.js';
import { constants } from '../lib/native/files.js';
import { fileCalls } from './file-calls.js';

export type Level = 'debug' | 'info' | 'warning' | 'error';

export interface LogOptions {
	/** `undefined`: standard error. */
	readonly file: string | undefined;
	readonly format: 'text' | 'json';
	/** The least level that is written. */
	readonly level: Level;
}

export interface Log {
	readonly options: LogOptions;
	/** @param details further members of a line in JSON */
	write(level: Level, message: string, details?: object): void;
}

const rank: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

/**
 * Opens the log: the file is made (0644) or appended to, because an engine that gives `--log` reads it after a failure and
 * may have one file for several calls. A fifo is waited for until it has a reader, as by runc: opened for both directions, as by
 * crun, it would not wait, and what was said before the reader came would be lost.
 *
 * @throws TsrunError ERR_SYSTEM when the file cannot be opened.
 */
export function openLog(options: LogOptions): Log {
	const fd = options.file === undefined ? 2 : open(options.file);
	return {
		options,
		write(level, message, details) {
			if (rank[level] < rank[options.level]) return;
			try {
				fileCalls().writeSync(fd, Buffer.from(formatLine(options.format, level, message, new Date(), details)));
			} catch (error) {
				// A full disk must not hide the message; when stderr itself is gone, nobody is left to be told.
				if (fd !== 2) writeToStderr(`${message}\ntsrun: cannot write the log ${options.file}: ${reasonOf(error)}\n`);
			}
		},
	};
}

function open(file: string): number {
	try {
		return fileCalls().openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o644);
	} catch (error) {
		throw new TsrunError('ERR_SYSTEM', `cannot open the log ${file}: ${reasonOf(error)}`, {
			syscall: 'open',
			path: file,
			errno: (error as NodeJS.ErrnoException).code,
			cause: error,
		});
	}
}

function writeToStderr(text: string): void {
	try {
		fileCalls().writeSync(2, Buffer.from(text));
	} catch {
		// Standard error is closed: there is no further place to write to.
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** One line in the shape of logrus, which containerd and Podman read: RFC 3339 time, and `level` and `msg` as its keys. */
export function formatLine(
	format: LogOptions['format'],
	level: Level,
	message: string,
	time: Date,
	details: object = {},
): string {
	if (format === 'json') return `${JSON.stringify({ level, msg: message, time: time.toISOString(), ...details })}\n`;
	return `time="${time.toISOString()}" level=${level} msg=${JSON.stringify(message)}\n`;
}
