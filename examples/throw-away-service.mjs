// A real web server for one test: up before it, gone after it, whether it passes or not. Run by node:test.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Runtime } from 'tsrun';
import { bind, defineSpec, network } from 'tsrun/spec';

const rootfs = process.argv[2];
let folder;
let server;
let address;

before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'site-'));
	writeFileSync(join(folder, 'index.html'), 'hello from a container\n');
	const port = await freePort();
	address = `http://127.0.0.1:${port}`;
	const spec = defineSpec(
		{ rootfs, args: ['httpd', '-f', '-p', `127.0.0.1:${port}`, '-h', '/var'] },
		bind(folder, '/var'),
		network('host'),
	);
	server = await new Runtime().run(`throw-away-service-${process.pid}`, spec, { stdio: 'ignore' });
	await answering(address);
});

after(async () => {
	await server?.delete({ force: true });
	rmSync(folder, { recursive: true });
});

test('the page is served', async () => {
	const response = await fetch(address);
	assert.equal(await response.text(), 'hello from a container\n');
});

test('what is not there is not found', async () => {
	assert.equal((await fetch(`${address}/no-such-page`)).status, 404);
});

async function freePort() {
	const probe = createServer();
	await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address();
	await new Promise((resolve) => probe.close(resolve));
	return port;
}

/** A server is asked until it answers, for ten seconds. */
async function answering(url) {
	for (const deadline = Date.now() + 10_000; ; await delay(20)) {
		try {
			await (await fetch(url)).arrayBuffer();
			return;
		} catch (error) {
			if (Date.now() > deadline) throw error;
		}
	}
}
