import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limited, newId, run, succeed, withContainer } from './guest.js';

type Json = null | number | string | Json[] | { [name: string]: Json };

/** Where there is a value, as `.memory.usage.limit`; what all elements of an array have counts once. */
function pathsOf(value: Json, at = ''): Set<string> {
	if (value === null || typeof value !== 'object') return new Set([at]);
	const below = Array.isArray(value)
		? value.map((one) => pathsOf(one, `${at}[]`))
		: Object.entries(value).map(([name, one]) => pathsOf(one, `${at}.${name}`));
	return new Set(below.flatMap((paths) => [...paths]));
}

/**
 * What the kernel counts as it comes along, disk accesses of whoever is the first to read a file, how often one was throttled (which is left
 * out of a report when it is never), and members that have no value on
 * cgroup v2: newer versions of runc leave them out, older ones have zeros and null there.
 */
const accidental = /^\.(memory\.raw|blkio\.io|memory\.kernel|network_interfaces$|cpu\.throttling\.throttled)/;

test("events: a report has every member of runc's, with the same limits", (context) => {
	if (run('runc', ['--version']).status !== 0) return context.skip('there is no runc');
	const limits = { memory: { limit: 33_554_432 }, pids: { limit: 30 }, cpu: { quota: 50_000, period: 100_000 } };
	const path = limited('exec sleep 100', limits);
	return withContainer(path, (id) => {
		succeed('start', id);
		const other = newId();
		const started = run('runc', ['run', '--detach', '--bundle', path, other]);
		assert.equal(started.status, 0, started.stderr);
		try {
			const ours = JSON.parse(succeed('events', '--stats', id));
			const theirs = JSON.parse(run('runc', ['events', '--stats', other]).stdout);
			assert.deepEqual(Object.keys(ours), Object.keys(theirs));
			const known = pathsOf(ours.data);
			const wanted = [...pathsOf(theirs.data)].filter((one) => !accidental.test(one));
			assert.ok(wanted.length > 20);
			assert.deepEqual(
				wanted.filter((one) => !known.has(one)),
				[],
			);
			assert.deepEqual(Object.keys(ours.data.memory.raw).sort(), Object.keys(theirs.data.memory.raw).sort());
			assert.deepEqual(
				[ours.data.memory.usage.limit, ours.data.pids.limit],
				[theirs.data.memory.usage.limit, theirs.data.pids.limit],
			);
		} finally {
			run('runc', ['delete', '--force', other]);
		}
	});
});
