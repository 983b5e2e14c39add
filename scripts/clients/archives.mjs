import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const engines = [
	'buildah',
	'conmon',
	'containerd',
	'containernetworking-plugins',
	'criu',
	'crun',
	'docker-compose',
	'docker-registry',
	'docker.io',
	'iptables',
	'podman',
	'runc',
];

/** What newer suites split off from the packages above, and the program that Podman's networks are made by there. */
const splitOff = ['aardvark-dns', 'docker-buildx', 'docker-cli', 'netavark', 'nftables'];

/**
 * Where the packages come from: the suite that this machine runs, and Debian's newest. An archive has a name, a title for people,
 * the packages that are wanted of it, and the options that make apt-get look there.
 *
 * @param cache folder for the lists of packages of suites that this machine does not know
 * @throws Error with the `status` of apt-get when no Debian archive is configured
 */
export function archives(cache) {
	return {
		machine: () => ({ name: 'machine', title: title(), packages: engines, options: [] }),
		sid: () => ({
			name: 'sid',
			title: 'Debian sid',
			packages: [...engines, ...splitOff],
			options: separateOptions(join(cache, 'apt-sid'), 'sid'),
		}),
	};
}

function title() {
	const release = readFileSync('/etc/os-release', 'utf8');
	return `Debian ${release.match(/^VERSION_ID="?([^"\n]*)/m)?.[1] ?? 'testing'}`;
}

/**
 * A machine without any package, for apt-get: what is installed here counts for nothing, since it is of another suite, so that
 * everything an engine needs comes along, down to its libc.
 */
function separateOptions(folder, suite) {
	for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, name), { recursive: true });
	const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
	const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
	writeFileSync(join(folder, 'sources.list'), `deb ${signed}${mirror()} ${suite} main\n`);
	writeFileSync(join(folder, 'status'), '');
	const settings = {
		'Dir::State::Lists': join(folder, 'lists'),
		'Dir::State::Status': join(folder, 'status'),
		'Dir::Cache': join(folder, 'cache'),
		'Dir::Etc::SourceList': join(folder, 'sources.list'),
		'Dir::Etc::SourceParts': '/dev/null',
		'Dir::Etc::Preferences': '/dev/null',
		'Dir::Etc::PreferencesParts': '/dev/null',
		'Acquire::Languages': 'none',
		// A mirror may be frozen, as for builds that can be repeated.
		'Acquire::Check-Valid-Until': 'false',
	};
	return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** The archive that this machine installs Debian from. */
function mirror() {
	const format = '$(REPO_URI)|$(COMPONENT)|$(LABEL)|$(ORIGIN)';
	const targets = execFileSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
		encoding: 'utf8',
	});
	const found = targets.split('\n').map((line) => line.split('|'));
	const uri = found.find(([, ...rest]) => rest.join('|') === 'main|Debian|Debian')?.[0];
	if (uri === undefined) throw Object.assign(new Error('no Debian archive is configured'), { status: 100 });
	return uri;
}
