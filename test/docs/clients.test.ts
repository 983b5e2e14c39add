// What is copied from docs/clients: most of it is what the tests of the clients start their daemons with; the rest has to agree with it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documented } from '../clients/harness/documented.js';
import { tsrun } from '../clients/harness/runtimes.js';
import { pages, repository } from './page.js';

const containerd = ['/etc/containerd/config.toml', '/etc/containerd/config.toml of containerd 2'];
const crio = documented('crio', '/etc/crio/crio.conf.d/tsrun.conf');

test.each(containerd)('%s has a handler of the name that the tests ask for, and runc beside it', (file) => {
	const text = documented('containerd', file);
	const handlers = [...text.matchAll(/\.containerd\.runtimes\.(\w+)\]$/gm)].map(([, name]) => name);
	expect(handlers).toEqual(['runc', tsrun.name]);
	expect(text).toContain(`.containerd.runtimes.${tsrun.name}.options]\nBinaryName = "${tsrun.program}"\n`);
	expect(text).toMatch(/^default_runtime_name = "runc"$/m);
});

test('the RuntimeClass names a handler that the pages for containerd and CRI-O have', () => {
	const [runtimeClass = '', pod = ''] = yamlOf('docs/clients/kubernetes.md');
	const handler = memberOf(runtimeClass, 'handler');
	expect(handler).toBe(tsrun.name);
	for (const file of containerd) expect(documented('containerd', file)).toContain(`.containerd.runtimes.${handler}]\n`);
	expect(crio).toContain(`[crio.runtime.runtimes.${handler}]\n`);
	expect(runtimeClass).toMatch(/^apiVersion: node\.k8s\.io\/v1\nkind: RuntimeClass\n/);
	expect(memberOf(pod, 'runtimeClassName')).toBe(memberOf(runtimeClass, 'name'));
});

test('each configuration has the program where an installation puts it', () => {
	const prefix = /npm run install:system -- --prefix (\S+)/.exec(read('docs/clients/README.md'))?.[1];
	expect(read('scripts/install.mjs')).toContain(`default: '${prefix}'`);
	expect(`${prefix}/bin/tsrun`).toBe(tsrun.program);
	const data = pages()
		.filter(({ path }) => path.startsWith('docs/clients/'))
		.flatMap(({ blocks }) => blocks.filter(({ language }) => ['toml', 'json'].includes(language)));
	const programs = data.flatMap(({ text }) => text.match(/"\/[^"]*\/tsrun"/g) ?? []);
	expect(programs.length).toBeGreaterThanOrEqual(5);
	expect(new Set(programs)).toEqual(new Set([`"${tsrun.program}"`]));
});

test('every file that the pages show is read by a test, or its page says that none does', () => {
	const shown = ['docs/clients/containerd.md', 'docs/clients/docker.md', 'docs/clients/podman.md'];
	const readers = [
		'clients/containerd/engine.ts',
		'clients/docker/engine.ts',
		'clients/podman/engine.ts',
		'vm/containerd-systemd.ts',
		'vm/docker-systemd.ts',
	];
	const sources = readers.map((path) => read(`test/${path}`)).join('\n');
	for (const { path, blocks } of pages().filter(({ path }) => shown.includes(path))) {
		const name = path.replace(/^.*\/|\.md$/g, '');
		for (const { language, text } of blocks.filter(({ language }) => ['toml', 'json', 'jsonc'].includes(language))) {
			const file = language === 'toml' ? (/^# (.*)\n/.exec(text)?.[1] ?? '') : language;
			expect(documented(name, file)).toBe(text);
			// The second file of containerd is named after the first.
			const [first = '', version] = file.split(' of containerd ');
			const words = [`'${first}'`, ...(version === undefined ? [] : [` of containerd ${version}\``])];
			expect({ file, missing: words.filter((word) => !sources.includes(word)) }).toEqual({ file, missing: [] });
		}
	}
	expect(read('docs/clients/crio.md')).toContain('the tests have not run');
});

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const yamlOf = (path: string): readonly string[] =>
	pages()
		.filter((page) => page.path === path)
		.flatMap(({ blocks }) => blocks.filter(({ language }) => language === 'yaml').map(({ text }) => text));
const memberOf = (yaml: string, key: string): string | undefined =>
	new RegExp(`^ *${key}: (\\S+)$`, 'm').exec(yaml)?.[1];
