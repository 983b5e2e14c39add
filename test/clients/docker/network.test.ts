import { answerOf } from '../harness/answer.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { records, withDocker } from './engine.js';

// Says hello to everybody who connects.
const server = ['sh', '-c', 'while :; do echo hello | nc -l -p 80; done'];

withDocker((docker) => {
	const leftovers = watchStageOfTests(records);

	test('network none and host', async () => {
		const list = 'ls /sys/class/net | tr "\\n" " "';
		expect(await docker.inside(['--network', 'none'], list)).toBe('lo');
		expect(await docker.inside(['--network', 'host'], list)).toContain('docker0');
	});

	test('network bridge: containers reach each other, container:NAME shares', async () => {
		const server = ['sh', '-c', 'while :; do echo hello | nc -l -p 80; done'];
		await using box = await docker.start('server', [], server);
		const address = await docker.inspect(box.name, '.NetworkSettings.IPAddress');
		expect(await docker.inside([], `until nc ${address} 80; do :; done`)).toBe('hello');
		expect(await docker.inside(['--network', `container:${box.name}`], 'until nc 127.0.0.1 80; do :; done')).toBe(
			'hello',
		);
	});

	test('a network of one’s own: by name', async () => {
		await docker.output('network', 'create', 'own');
		{
			const server = ['sh', '-c', 'while :; do echo hello | nc -l -p 80; done'];
			await using box = await docker.start('named-server', ['--network', 'own'], server);
			expect(await docker.inside(['--network', 'own'], `until nc ${box.name} 80; do :; done`)).toBe('hello');
		}
		await docker.output('network', 'rm', 'own');
	});

	test('published ports: reached from outside, shown by port and inspect', async () => {
		await using box = await docker.start('published', ['-p', '127.0.0.1:8080:80', '-p', '81'], server);
		const shown = await docker.output('port', box.name);
		expect(shown.split('\n')).toContain('80/tcp -> 127.0.0.1:8080');
		expect(shown).toMatch(/^81\/tcp -> 0\.0\.0\.0:\d+$/m);
		expect(await answerOf(8080)).toBe('hello\n');
	});

	test('afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
