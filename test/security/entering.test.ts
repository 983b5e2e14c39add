import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnedContainer } from '../../lib/index.js';
import { type Bundle, bundle, scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { newRuntime, run } from '../harness/inside.js';
import { ready } from '../harness/limited.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { installProgram, staticCompiler } from '../harness/static-program.js';

/** A container that looks at every process that comes into it (programs/thief.c), and all that it has told. */
class Thief implements AsyncDisposable {
	readonly box: Bundle;
	readonly container: OwnedContainer;
	loot = '';

	private constructor(box: Bundle, container: OwnedContainer) {
		this.box = box;
		this.container = container;
		container.stdout?.on('data', (chunk) => {
			this.loot += chunk;
		});
	}

	static async start(edit: (config: Config) => void = () => {}): Promise<Thief> {
		const box = bundle((config) => {
			config.process.args = ['thief'];
			config.process.env.push('TRACE=1');
			edit(config);
		});
		installProgram('thief', box.rootfs);
		const container = await newRuntime().create(containerId('thief'), box.path, { stdio: 'pipe' });
		await ready(container);
		return new Thief(box, container);
	}

	/** Runs a program in the thief's container, as often. */
	async bait(times: number, program: readonly string[]): Promise<void> {
		for (let time = 0; time < times; time++) {
			await (await this.container.exec(program, { stdio: 'ignore' })).wait();
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.container[Symbol.asyncDispose]();
	}
}

const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];

function ownUsers(config: Config): void {
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
	// As much as it may: what counts are its capabilities in the namespace that the runtime comes from.
	const sets = ['bounding', 'effective', 'permitted'].map((set) => [set, ['CAP_SYS_PTRACE', 'CAP_DAC_OVERRIDE']]);
	config.process['capabilities'] = Object.fromEntries(sets);
}

describeWith([root, busybox, staticCompiler], 'CVE-2016-9962: a process that exec brings in', () => {
	test.each([
		['of the default configuration', () => {}],
		['with CAP_SYS_PTRACE in a user namespace of its own', ownUsers],
	])('cannot be traced, nor its descriptors, root or executable be had, by a container %s', async (_, edit) => {
		await using thief = await Thief.start(edit);
		await thief.bait(40, ['true']);
		expect(thief.loot).toBe('');
	});

	test('nor by a neighbour in the same pid namespace, while a container is made and starts', async () => {
		await using thief = await Thief.start();
		const box = bundle((config) => {
			const join = { type: 'pid', path: `/proc/${thief.container.pid}/ns/pid` };
			config.linux.namespaces = config.linux.namespaces.map((entry) => (entry.type === 'pid' ? join : entry));
		});
		for (let time = 0; time < 15; time++) expect(await run(box.path)).toMatchObject({ exit: { code: 0 } });
		// Once it runs, the neighbour is as open as a container of its kind is: its root may be seen.
		expect(thief.loot.replace(/^root .*\n/m, '')).toBe('');
	});
});

describeWith([root, busybox, staticCompiler], 'a process that exec brings in and the container traces', () => {
	// Its status is withheld from us for as long as the tracer wants, and the pid namespace does not end before we have it.
	test('holds up neither the end of the container nor its deletion', async () => {
		await using thief = await Thief.start((config) => {
			ownUsers(config);
			config.process.env.push('HOLD=1');
		});
		const handles = [];
		for (let time = 0; time < 40; time++) handles.push(await thief.container.exec(['true'], { stdio: 'ignore' }));
		const began = performance.now();
		await thief.container.delete({ force: true });
		expect(performance.now() - began).toBeLessThan(5000);
		// One that the tracer holds before its end goes with the container.
		const endings = [
			{ code: 0, signal: null },
			{ code: null, signal: 9 },
		];
		for (const handle of handles) expect(endings).toContainEqual(await handle.wait());
	});
});

/** The helper's image as this process keeps it. */
function imageDigest(): string {
	const fd = readdirSync('/proc/self/fd').find((name) => {
		try {
			return readlinkSync(`/proc/self/fd/${name}`).includes('memfd:tsrun-init');
		} catch {
			return false;
		}
	});
	return createHash('sha256')
		.update(readFileSync(`/proc/self/fd/${fd}`))
		.digest('hex');
}

describeWith([root, busybox, staticCompiler], 'CVE-2019-5736: an image whose program is /proc/self/exe', () => {
	// The runtime's helper is what /proc/self/exe means when the program is executed, and so it runs in the container as a
	// program of its own: there it can be opened.
	test('may have the helper opened, and can neither write nor shorten it nor take its right to be executed', async () => {
		await using thief = await Thief.start();
		const entry = join(thief.box.rootfs, 'bin/entry');
		writeFileSync(entry, '#!/proc/self/exe\n');
		chmodSync(entry, 0o755);
		const before = imageDigest();

		const end = performance.now() + 10_000;
		while (!thief.loot.includes('image-mode') && performance.now() < end) await thief.bait(10, ['/bin/entry']);
		// EPERM is 1, by the seals. Opening for writing is no write.
		expect(thief.loot).toContain('image\nimage-open 0\nimage-write 1\nimage-truncate 1\nimage-mode 1\n');
		expect(thief.loot).not.toMatch(/^(fd|root)/m);

		// The thief has it open for writing still: what is executed now is another copy (ETXTBSY).
		expect(await run(scriptBundle('echo as before').path)).toMatchObject({ stdout: 'as before\n' });
		await thief.bait(1, ['true']);
		expect(imageDigest()).toBe(before);
	});
});
