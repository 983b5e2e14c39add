import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CgroupLayout } from '../../../../lib/host/cgroup-layout.js';
import { compileLimits } from '../../../../lib/plan/resources/compile-limits.js';
import { resourceProperties } from '../../../../lib/plan/systemd/resource-properties.js';
import type { Resources } from '../../../../lib/spec/index.js';
import { legacy, unified } from './compiled.js';

// Holds the matrix of docs/resources.md to what is compiled, and to the tests that it names.
const repository = resolve(import.meta.dirname, '../../../..');

interface Row {
	readonly members: readonly string[];
	readonly v1: string;
	readonly v2: string;
	readonly systemd: string;
	readonly tests: string;
}

const rows = readFileSync(join(repository, 'docs/resources.md'), 'utf8')
	.split('\n')
	.filter((line) => line.startsWith('| `'))
	.map((line): Row => {
		const [member = '', v1 = '', v2 = '', systemd = '', tests = ''] = line
			.slice(1, -1)
			.split('|')
			.map((cell) => cell.trim());
		return { members: words(member), v1, v2, systemd, tests };
	});

/** The words of a cell that are code. */
function words(cell: string): string[] {
	return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

const device = { major: 8, minor: 0 };
const limit = { limit: 1n << 24n };

/** What asks for each member, with no more of others than it takes. */
const samples: Readonly<Record<string, Resources>> = {
	'memory.limit': { memory: limit },
	'memory.swap': { memory: { ...limit, swap: 1n << 25n } },
	'memory.reservation': { memory: { reservation: 1n << 20n } },
	'memory.swappiness': { memory: { swappiness: 7n } },
	'memory.disableOOMKiller': { memory: { disableOOMKiller: true } },
	'memory.kernel': { memory: { kernel: 5n } },
	'memory.kernelTCP': { memory: { kernelTCP: 5n } },
	'memory.useHierarchy': { memory: { useHierarchy: false } },
	'cpu.shares': { cpu: { shares: 512n } },
	'cpu.quota': { cpu: { quota: 50_000n } },
	'cpu.period': { cpu: { period: 50_000n } },
	'cpu.burst': { cpu: { burst: 1000n } },
	'cpu.idle': { cpu: { idle: 1 } },
	'cpu.realtimeRuntime': { cpu: { realtimeRuntime: 10_000n } },
	'cpu.realtimePeriod': { cpu: { realtimePeriod: 100_000n } },
	'cpu.cpus': { cpu: { cpus: '0' } },
	'cpu.mems': { cpu: { mems: '0' } },
	'pids.limit': { pids: { limit: 7n } },
	'blockIO.weight': { blockIO: { weight: 500 } },
	'blockIO.leafWeight': { blockIO: { leafWeight: 500 } },
	'blockIO.weightDevice[].weight': { blockIO: { weightDevice: [{ ...device, weight: 500 }] } },
	'blockIO.weightDevice[].leafWeight': { blockIO: { weightDevice: [{ ...device, leafWeight: 500 }] } },
	'blockIO.throttleReadBpsDevice': { blockIO: { throttleReadBpsDevice: [{ ...device, rate: 5n }] } },
	'blockIO.throttleWriteBpsDevice': { blockIO: { throttleWriteBpsDevice: [{ ...device, rate: 5n }] } },
	'blockIO.throttleReadIOPSDevice': { blockIO: { throttleReadIOPSDevice: [{ ...device, rate: 5n }] } },
	'blockIO.throttleWriteIOPSDevice': { blockIO: { throttleWriteIOPSDevice: [{ ...device, rate: 5n }] } },
	hugepageLimits: { hugepageLimits: [{ pageSize: '2MB', limit: 5n }] },
	'network.classID': { network: { classID: 7 } },
	'network.priorities': { network: { priorities: [{ name: 'lo', priority: 3 }] } },
	rdma: { rdma: { mlx0: { hcaHandles: 3 } } },
};

/** What a sample asks for beside its member; the rest of it is about the member. */
const besides: Readonly<Record<string, Resources>> = { 'memory.swap': { memory: limit } };

/** Rows of which no single file follows: an eBPF program, a look before a write, files by their names. */
const inWords = ['devices', 'memory.checkBeforeUpdate', 'unified'];

interface Answer {
	readonly files: ReadonlySet<string>;
	readonly warns: boolean;
	readonly refuses: boolean;
}

function answerTo(asked: Resources, layout: CgroupLayout): Answer {
	const v1 = layout.v1.map(({ controllers: [name = ''] }) => [name, `/v1/${name}`]);
	const directories = { v1: Object.fromEntries(v1), ...(layout.unified === undefined ? {} : { unified: '/v2' }) };
	let warns = false;
	try {
		const { groups } = compileLimits({
			...{ asked, whole: asked, fresh: true, at: '', file: '' },
			target: { layout, directories },
			warn: () => {
				warns = true;
			},
		});
		const written = groups.flatMap(({ writes }) => writes);
		const names = written.flatMap(({ file, otherwise }) => [file, ...(otherwise ? [otherwise.file] : [])]);
		return { files: new Set(names.map((path) => nameOf(path))), warns, refuses: false };
	} catch {
		return { files: new Set(), warns, refuses: true };
	}
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace('.2MB.', '.SIZE.');

/** Files in a cell: words with a dot, and the bare names of a v1 cpuset. */
const filesOf = (cell: string, member: string) =>
	new Set(
		words(cell).filter(
			(word) => /^[a-z_]+\./.test(word) || (member.startsWith('cpu.') && ['cpus', 'mems'].includes(word)),
		),
	);

const compiledRows = rows.flatMap((row) =>
	row.members.filter((member) => !inWords.includes(member)).map((member) => [member, row] as const),
);

test('the page has every member, once', () => {
	expect(rows.flatMap(({ members }) => members).sort()).toEqual([...Object.keys(samples), ...inWords].sort());
});

describe.each(compiledRows)('%s', (member, row) => {
	const sample = samples[member] ?? {};
	const beside = besides[member] ?? {};

	test.each([
		['v1', row.v1, legacy],
		['v2', row.v2, unified],
	])('%s: what the page says is done', (_, cell, layout) => {
		const { files: all, warns, refuses } = answerTo(sample, layout);
		const files = [...all].filter((file) => !answerTo(beside, layout).files.has(file));
		expect({ warns, refuses }).toEqual({ warns: cell.startsWith('warning'), refuses: cell === 'error' });
		const named = filesOf(cell, member);
		expect(files.filter((file) => !named.has(file))).toEqual([]);
		// A row with two members names the files of both.
		if (row.members.length === 1) expect([...named].filter((file) => !files.includes(file))).toEqual([]);
	});

	test('systemd: the properties on the page, from the version on the page', () => {
		const namesFor = (asked: Resources, version: number, alone: boolean) =>
			resourceProperties(asked, { version, unified: alone }).map(({ name }) => name);
		const told = (version: number, alone: boolean) => {
			const others = namesFor(beside, version, alone);
			return namesFor(sample, version, alone).filter((name) => !others.includes(name));
		};
		const [, legacyOnly = ''] = /\(v1 ([^)]*)\)/.exec(row.systemd) ?? [];
		const named = words(row.systemd.replace(/\(v1 [^)]*\)/, ''));
		expect(told(257, true).filter((name) => !named.includes(name))).toEqual([]);
		expect(told(257, false).filter((name) => ![...named, ...words(legacyOnly)].includes(name))).toEqual([]);
		if (row.members.length === 1) {
			expect(named.filter((name) => !told(257, true).includes(name))).toEqual([]);
			expect(words(legacyOnly).filter((name) => !told(257, false).includes(name))).toEqual([]);
		}
		for (const [, name = '', version] of row.systemd.matchAll(/`(\w+)`[^`]*\((\d+)\)/g)) {
			if (told(257, true).includes(name)) expect(told(Number(version) - 1, true)).not.toContain(name);
		}
	});
});

/** The texts in which a member is looked for, by the letter of the page. */
const texts: Readonly<Record<string, string>> = {
	U: textOf('test/unit/plan/resources', /\.test\.ts$/, /page\.test\.ts$/),
	G: textOf('spec-fixtures', /config\.json$/),
	1: textOf('test/kernel', /resources-.*\.ts$/),
	2: textOf('test/kernel', /resources-.*\.ts$/),
	V: textOf('test/vm', /^(block-io|controllers|rdma|systemd|updates)\.ts$/),
	H: textOf('test/vm', /^hierarchies-.*\.ts$/),
};

function textOf(folder: string, wanted: RegExp, unwanted?: RegExp): string {
	return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
		.filter((path) => wanted.test(path) && !unwanted?.test(path))
		.map((path) => readFileSync(join(repository, folder, path), 'utf8'))
		.join('\n');
}

test.each(rows)('$members is in the tests that the page names', ({ members, tests }) => {
	const letters = tests.replace(/,.*/, '').split(' ');
	for (const member of members) {
		const word = new RegExp(`\\b${member.slice(member.lastIndexOf('.') + 1)}\\b`);
		for (const letter of letters)
			expect({ letter, named: word.test(texts[letter] ?? '') }).toEqual({ letter, named: true });
	}
});
