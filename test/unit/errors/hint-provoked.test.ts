import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hintRules } from '../../../lib/errors/hint-rules.js';

const kernel = resolve(import.meta.dirname, '../../kernel');

/** The phrases that the tests of hints wait for, in failures of real containers. */
const phrases = readdirSync(kernel)
	.filter((name) =>
		/^(hints-|user-namespace-idmap|resources-unified-limits|resources-unified\.|bad-input|mounts-).*\.test\.ts$/.test(
			name,
		),
	)
	.flatMap((name) => [...readFileSync(join(kernel, name), 'utf8').matchAll(/'((?:[^'\\\n]|\\.){20,})'/g)])
	.map(([, phrase = '']) => phrase);

/** Hints, by how they begin, for failures that a test cannot bring about on an ordinary machine; the words alone are tested. */
const unprovoked = new Map([
	['Mapped ids and options for a whole tree', 'takes a kernel before 5.12; tested with the call hidden'],
	['A symbolic link in the image stands', 'mounts have a hint of their own for it'],
	['The root cannot be changed by pivot_root', 'takes a machine that runs from its initial ramdisk'],
	['The new root is the root of this machine', 'the root is bound on itself first, which works even with /'],
	['SCHED_DEADLINE takes CAP_SYS_NICE', 'takes a cpuset and a machine with several processors'],
	['The file itself was found', 'the file tells which interpreter is missing'],
	[
		'The cgroup is not yours',
		'a cgroup that cannot be made is done without unless there is a limit, which has a hint of its own',
	],
	['The cpuset of the cgroup is empty', 'cpusets that are made are filled from those above'],
	['This kernel lacks a flag or an action', 'takes an old kernel'],
	['The session keyring cannot be made', 'takes the quota of keys of a user to be used up'],
	['The AppArmor profile or SELinux label', 'takes a machine with such a module'],
	['The limit of open files is reached', 'the engine itself does not start under so low a limit'],
	['The kernel is too old for this', 'takes an old kernel; tested with calls hidden'],
	['Ranges of a map may not overlap', 'config.json is refused before'],
	['The user namespace has no root', 'config.json is refused before, but for a namespace that is joined'],
	['A user or group id of the process is not in', 'config.json is refused before, but for a namespace that is joined'],
	['Users without privileges may be kept from', 'takes a filter or a sysctl of a distribution'],
	['The limit of namespaces is reached', 'the sysctl that is 0 is named'],
	['The limit of processes is reached', 'the engine itself does not start under so low a limit'],
	['The kernel lacks one of the namespaces', 'takes an old kernel'],
]);

const provoked = hintRules.filter(({ hint }) => phrases.some((phrase) => hint.includes(phrase)));

test('every rule is provoked by a test of real containers, or there is a reason why it cannot be', () => {
	const others = hintRules.filter((rule) => !provoked.includes(rule));
	const unexplained = others.filter(({ hint }) => ![...unprovoked.keys()].some((start) => hint.startsWith(start)));
	expect(unexplained.map(({ hint }) => hint)).toEqual([]);
});

test('no reason is given for what is provoked, or is not there', () => {
	const superfluous = [...unprovoked.keys()].filter(
		(start) =>
			provoked.some(({ hint }) => hint.startsWith(start)) || !hintRules.some(({ hint }) => hint.startsWith(start)),
	);
	expect(superfluous).toEqual([]);
});

test('forty of them at least are provoked', () => {
	expect(provoked.length).toBeGreaterThanOrEqual(40);
});
