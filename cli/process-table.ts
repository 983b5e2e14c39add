import { execFile } from 'node:child_process';
import { TsrunError } from '../lib/index.js';

/**
 * What the machine's `ps` prints with these options, less the lines of other processes.
 *
 * @throws TsrunError ERR_HOST_UNSUPPORTED when ps is missing, ERR_SYSTEM when it fails, ERR_ARGUMENT when it prints no PID column.
 */
export async function processTable(
	pids: readonly number[],
	options: readonly string[],
	env: Readonly<Record<string, string>>,
): Promise<string> {
	return selectProcesses(await runPs(options, env), pids);
}

/** The header and the lines whose PID column is one of `pids`. */
export function selectProcesses(output: string, pids: readonly number[]): string {
	const [header = '', ...lines] = output.split('\n');
	const column = header.trim().split(/\s+/).indexOf('PID');
	if (column < 0)
		throw new TsrunError('ERR_ARGUMENT', 'ps printed no PID column, so its lines cannot be told apart', {
			hint: 'choose options with which ps prints PID in its header',
		});
	const wanted = new Set(pids.map(String));
	const selected = lines.filter((line) => wanted.has(line.trim().split(/\s+/)[column] ?? ''));
	return [header, ...selected].map((line) => `${line}\n`).join('');
}

function runPs(options: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
	// Podman calls runtimes without PATH.
	const PATH = env['PATH'] || '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
	const settings = { env: { ...env, PATH }, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' } as const;
	return new Promise((resolve, reject) => {
		execFile('ps', [...options], settings, (error, stdout, stderr) => {
			if (error === null) resolve(stdout);
			else reject(failure(error, stderr));
		});
	});
}

function failure(error: Error & { code?: string | number | null }, stderr: string): TsrunError {
	if (error.code === 'ENOENT')
		return new TsrunError(
			'ERR_HOST_UNSUPPORTED',
			'the table of processes needs the program ps, which this machine lacks',
			{
				hint: 'use --format json, which needs no program',
				cause: error,
			},
		);
	return new TsrunError('ERR_SYSTEM', `ps failed: ${stderr.trim() || error.message}`, { cause: error });
}
