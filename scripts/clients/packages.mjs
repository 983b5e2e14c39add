import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The engines, what they compare with, and what they call. */
const wanted = [
	'buildah',
	'conmon',
	'containerd',
	'containernetworking-plugins',
	'crun',
	'docker.io',
	'iptables',
	'podman',
	'runc',
];

/**
 * Downloads what is not installed of the wanted Debian packages and of those they depend on, and unpacks it into a folder. The
 * machine's own set of packages stays as it is, and no package's script starts a daemon.
 *
 * @param cache folder that keeps the result for the next time
 * @returns a folder with `usr` and `etc`
 */
export function unpackPackages(cache) {
	const list = uris();
	const key = createHash('sha256').update(list.join('\n')).digest('hex').slice(0, 16);
	const folder = join(cache, `packages-${key}`);
	if (existsSync(folder)) return folder;

	console.log(`clients: unpacking ${list.length} Debian packages`);
	const work = mkdtempSync(join(cache, 'unpack-'));
	try {
		const archives = join(work, 'archives');
		mkdirSync(join(archives, 'partial'), { recursive: true });
		apt('install', '--download-only', '-o', `Dir::Cache::archives=${archives}`, ...wanted);
		const tree = join(work, 'tree');
		for (const name of ['usr/lib', 'usr/bin', 'usr/sbin', 'etc']) mkdirSync(join(tree, name), { recursive: true });
		// Debian 12 merges these into /usr; packages may still contain the old paths.
		for (const name of ['lib', 'bin', 'sbin']) symlinkSync(`usr/${name}`, join(tree, name));
		for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb')))
			unpack(join(archives, file), tree);
		linkIptables(tree);
		renameSync(tree, folder);
	} finally {
		rmSync(work, { recursive: true });
	}
	return folder;
}

// Addresses with versions in them: another set of packages is another key.
function uris() {
	const print = () => apt('install', '--print-uris', ...wanted);
	let printed;
	try {
		printed = print();
	} catch {
		execFileSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'inherit', 'inherit'] });
		printed = print();
	}
	return printed.split('\n').filter((line) => line.startsWith("'"));
}

function apt(...words) {
	return execFileSync('apt-get', ['-y', '-q', '--no-install-recommends', ...words], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
	});
}

function unpack(file, tree) {
	const { stdout, status, stderr } = spawnSync('dpkg-deb', ['--fsys-tarfile', file], { maxBuffer: 2 ** 30 });
	if (status !== 0) throw new Error(`dpkg-deb cannot read ${file}: ${stderr}`);
	execFileSync('tar', ['-x', '--keep-directory-symlink', '-C', tree], { input: stdout });
}

// What update-alternatives does when the package is installed.
function linkIptables(tree) {
	for (const name of ['iptables', 'ip6tables']) {
		const link = join(tree, 'usr/sbin', name);
		if (existsSync(join(tree, 'usr/sbin/xtables-nft-multi')) && !existsSync(link))
			symlinkSync('xtables-nft-multi', link);
	}
}
