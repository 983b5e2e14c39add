import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The kernel collects keys and cgroups a while after their last user has gone. */
const patienceMs = 10_000;

/**
 * What containers can leave on the machine, each by the ids that begin with `word`.
 *
 * @returns `now()`: the counts; `since(before)`: how much more of each there is, once what is going away has gone
 */
export function tracesOf(word, stateRoot) {
	const now = () => ({
		mounts: lines('/proc/self/mountinfo').length,
		cgroups: cgroups('/sys/fs/cgroup', word),
		keyrings: lines('/proc/keys').filter((line) => line.includes(word)).length,
		keys: keysOfRoot(),
		records: existsSync(stateRoot) ? readdirSync(stateRoot).filter((name) => name.startsWith(word)).length : 0,
		processes: processes(word),
	});
	const since = async (before) => {
		const end = Date.now() + patienceMs;
		for (;;) {
			const left = more(before, now());
			if (Object.values(left).every((count) => count <= 0) || Date.now() > end) return left;
			await delay(50);
		}
	};
	return { now, since };
}

function more(before, after) {
	return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - before[name]]));
}

/** Keys that count for root: what /proc/keys does not show to us is among them. */
function keysOfRoot() {
	const [, usage = '0'] =
		lines('/proc/key-users')
			.map((line) => line.trim().split(/\s+/))
			.find(([user]) => user === '0:') ?? [];
	return Number(usage);
}

function cgroups(folder, word) {
	let count = 0;
	for (const entry of entriesOf(folder)) {
		if (!entry.isDirectory()) continue;
		if (entry.name.includes(word)) count++;
		count += cgroups(`${folder}/${entry.name}`, word);
	}
	return count;
}

function processes(word) {
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
	return pids.filter((pid) => textOf(`/proc/${pid}/cgroup`).includes(word)).length;
}

function lines(file) {
	return textOf(file)
		.split('\n')
		.filter((line) => line !== '');
}

// What ends while it is looked at is no longer there.
const gone = new Set(['ENOENT', 'ESRCH', 'ENODEV']);

function textOf(file) {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if (gone.has(error.code)) return '';
		throw error;
	}
}

function entriesOf(folder) {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch (error) {
		if (gone.has(error.code)) return [];
		throw error;
	}
}
