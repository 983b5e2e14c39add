import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Why this machine cannot have a stage; undefined when it can. */
export function lackingForStage() {
	if (process.getuid?.() !== 0) return 'needs root';
	if (!existsSync('/etc/debian_version')) return 'needs Debian, whose packages of the engines are tested';
	for (const program of ['apt-get', 'dpkg-deb', 'unshare', 'ip', 'script', 'tar']) {
		if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `needs ${program}`;
	}
	const namespaces = ['--mount', '--net', '--pid', '--ipc', '--uts', '--cgroup', '--fork'];
	const { status, stderr } = spawnSync('unshare', [...namespaces, 'true'], { encoding: 'utf8' });
	if (status !== 0) return `needs namespaces of its own: ${stderr.trim()}`;
	const bridge = spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'tsrun0', 'type', 'bridge'], { encoding: 'utf8' });
	return bridge.status === 0 ? undefined : `needs a kernel with bridges: ${bridge.stderr.trim()}`;
}
