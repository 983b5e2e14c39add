import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Downloads what is not installed of the wanted Debian packages and of those they depend on, and unpacks it into a folder. The
 * machine's own set of packages stays as it is, and no package's script starts a daemon.
 *
 * @param archive of archives.mjs
 * @param wanted names of packages
 * @param cache folder that keeps the result for the next time
 * @returns a folder with `usr`, `etc`, and what {@link versionsOf} reads
 * @throws Error with the `status` of apt-get when the packages cannot be had
 */
export function unpackPackages(archive, wanted, cache) {
	const list = resolvePackages(archive, wanted);
	const key = createHash('sha256').update(list.join('\n')).digest('hex').slice(0, 16);
	const folder = join(cache, `packages-${archive.name}-${key}`);
	if (existsSync(folder)) return folder;

	console.log(`clients: unpacking ${list.length} Debian packages of ${archive.title}`);
	const work = mkdtempSync(join(cache, 'unpack-'));
	try {
		const archives = join(work, 'archives');
		mkdirSync(join(archives, 'partial'), { recursive: true });
		apt(archive, 'install', '--download-only', '-o', `Dir::Cache::archives=${archives}`, ...wanted);
		const tree = join(work, 'tree');
		// Debian merges these into /usr; packages of Debian 12 may still contain the old paths.
		const merged = ['lib', 'lib64', 'bin', 'sbin'];
		for (const name of [...merged.map((old) => `usr/${old}`), 'etc']) mkdirSync(join(tree, name), { recursive: true });
		for (const name of merged) symlinkSync(`usr/${name}`, join(tree, name));
		const files = readdirSync(archives).filter((name) => name.endsWith('.deb'));
		for (const file of files) unpack(join(archives, file), tree);
		writeFileSync(join(tree, 'versions.json'), JSON.stringify(Object.fromEntries(files.map(versionIn(archives)))));
		linkIptables(tree);
		renameSync(tree, folder);
	} finally {
		rmSync(work, { recursive: true });
	}
	return folder;
}

/**
 * Versions of packages as they are seen on a stage with this folder; without those that neither the folder nor the machine has.
 *
 * @returns pairs of name and version
 */
export function versionsOf(folder, names) {
	const unpacked = JSON.parse(readFileSync(join(folder, 'versions.json'), 'utf8'));
	return names.flatMap((name) => {
		const version = unpacked[name] ?? installedVersion(name);
		return version === undefined ? [] : [[name, version]];
	});
}

function installedVersion(name) {
	const { status, stdout } = spawnSync('dpkg-query', ['--status', name], { encoding: 'utf8' });
	if (status !== 0 || !stdout.includes('\nStatus: install ok installed\n')) return undefined;
	return stdout.match(/^Version: (.*)$/m)?.[1];
}

const versionIn = (archives) => (file) =>
	['Package', 'Version'].map((field) =>
		execFileSync('dpkg-deb', ['--field', join(archives, file), field], { encoding: 'utf8' }).trim(),
	);

// Addresses with versions in them: another set of packages is another key.
function resolvePackages(archive, wanted) {
	const words = ['install', '--print-uris', ...wanted];
	let printed;
	try {
		// Without lists, as at first, no package is known; what is wrong besides is told of the second time.
		printed = apt({ ...archive, stderr: 'ignore' }, ...words);
	} catch {
		apt(archive, 'update');
		printed = apt(archive, ...words);
	}
	return printed.split('\n').filter((line) => line.startsWith("'"));
}

function apt({ options, stderr = 'inherit' }, ...words) {
	// Downloads go to a folder of root's, where apt's own user may not write.
	const flags = ['-y', '-q', '--no-install-recommends', '-o', 'APT::Sandbox::User=root'];
	return execFileSync('apt-get', [...flags, ...options, ...words], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', stderr],
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
		timeout: 600_000,
	});
}

function unpack(file, tree) {
	const { stdout, status, stderr } = spawnSync('dpkg-deb', ['--fsys-tarfile', file], { maxBuffer: 2 ** 30 });
	if (status !== 0) throw new Error(`dpkg-deb cannot read ${file}: ${stderr}`);
	execFileSync('tar', ['-x', '--keep-directory-symlink', '-C', tree], { input: stdout });
}

// What update-alternatives does when the package is installed. CRIU calls those that restore.
function linkIptables(tree) {
	if (!existsSync(join(tree, 'usr/sbin/xtables-nft-multi'))) return;
	for (const name of ['iptables', 'ip6tables'].flatMap((one) => [one, `${one}-restore`, `${one}-save`])) {
		const link = join(tree, 'usr/sbin', name);
		if (!existsSync(link)) symlinkSync('xtables-nft-multi', link);
	}
}
