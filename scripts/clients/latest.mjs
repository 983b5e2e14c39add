import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Keeps what the latest whole run of a client came to, so that the page of results can be written without running all of them again.
 *
 * @param cache folder of the clients
 * @param column of the archive: its name, title and versions
 * @param result of runOnStage
 */
export function keepLatest(cache, column, result) {
	const folder = join(cache, 'results');
	mkdirSync(folder, { recursive: true });
	const day = new Date().toISOString().slice(0, 10);
	writeFileSync(join(folder, `${result.archive}-${result.client}.json`), JSON.stringify({ day, column, result }));
}

/** The latest result of every client and archive, the columns of the archives, and the days of the first and the last of those runs. */
export function readLatest(cache) {
	const folder = join(cache, 'results');
	const files = existsSync(folder) ? readdirSync(folder).sort() : [];
	const runs = files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
	const columns = new Map(runs.map(({ column }) => [column.archive, column]));
	const days = runs.map(({ day }) => day).sort();
	return { results: runs.map(({ result }) => result), columns: [...columns.values()], days: [days[0], days.at(-1)] };
}
