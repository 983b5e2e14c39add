import { namespaceTypes } from '../plan/tables/namespaces.js';
import { refusedCalls } from './filter-probe.js';
import type { Obstacle } from './report.js';
import { has, readSysctl, type Self } from './self.js';
import { userFindings } from './topics/users.js';

/** Capabilities without which root is none for a runtime, and what each of them is for. */
const needed = [
	['CAP_SYS_ADMIN', 'namespaces without a user namespace, mounts and joining namespaces'],
	['CAP_SETUID', 'mapping user ids (uid_map) and becoming another user'],
	['CAP_SETGID', 'mapping group ids (gid_map), setgroups(2) and becoming another group'],
	// verify_root_map() of kernel/user_namespace.c, since Linux 5.12: files of the root outside could be given capabilities inside.
	['CAP_SETFCAP', 'mapping root’s own id (uid_map) into a user namespace'],
	['CAP_SETPCAP', 'dropping capabilities, which every container does'],
	['CAP_NET_ADMIN', 'bringing up the loopback of a new network'],
	['CAP_SYS_CHROOT', 'entering a mount namespace'],
	['CAP_MKNOD', 'making device files; those of the host are bound in a user namespace'],
	['CAP_DAC_OVERRIDE', 'reaching files of other users, as those of an image'],
] as const;

/** What the trials were answered, as far as it points at a layer. */
export interface Refusals {
	/** errno of making a user namespace; that of writing its maps is none. */
	readonly userNamespace: string | undefined;
	/** errno of mounting a new procfs, in a user namespace unless the machine's root asks. */
	readonly proc: string | undefined;
	/** errno of mounting anything at all. */
	readonly mount: string | undefined;
	/** errno of pivot_root(2) where mounts can be made. */
	readonly pivot: string | undefined;
}

/** Every layer around this process that stands in the way of a container, by name. */
export async function obstacles(self: Self, refusals: Refusals): Promise<Obstacle[]> {
	const known = [
		...(self.filtered ? await filterObstacles(refusals) : []),
		...capabilityObstacles(self),
		...privilegeObstacles(self),
		...idObstacles(self),
		...sysctlObstacles(),
		...procObstacles(self, refusals),
		...modulesObstacles(self, refusals),
		...cgroupObstacles(self),
	];
	return [...known, ...chrootObstacles(known, refusals)];
}

async function filterObstacles({ mount, pivot }: Refusals): Promise<Obstacle[]> {
	const profile = 'of Docker and Podman: --security-opt seccomp=FILE, or seccomp=unconfined';
	const refused = (await refusedCalls()).map(({ calls, errno, forbids, seen, without = '' }) => ({
		layer: 'seccomp' as const,
		forbids,
		evidence: `${calls}: ${errno} ${seen}; Seccomp in /proc/self/status is 2`,
		remedy: `Run the container around this program with a profile that allows clone, unshare, mount, pivot_root and keyctl (${profile})${without}.`,
	}));
	if (mount !== undefined || pivot !== 'EPERM') return refused;
	const changed: Obstacle = {
		layer: 'seccomp',
		forbids: 'another root: pivot_root(2)',
		evidence: 'pivot_root: EPERM for who may mount; Seccomp in /proc/self/status is 2',
		remedy: `Run the container around this program with a profile that allows pivot_root (${profile}), or go without it: --no-pivot.`,
	};
	return [...refused, changed];
}

function capabilityObstacles({ facts, bounding, effective }: Self): Obstacle[] {
	if (facts.euid !== 0) return [];
	const lacking = needed.filter(([name]) => !has(effective, name));
	return lacking.map(([name, purpose]) => {
		const emptied = !has(bounding, name);
		return {
			layer: 'capabilities',
			forbids: purpose,
			evidence: `${name} is not in ${emptied ? 'CapBnd' : 'CapEff'} of /proc/self/status, although we are root`,
			remedy: emptied
				? `The bounding set cannot be grown: start the container around this program with ${name} (of Docker and Podman: --cap-add ${name.slice('CAP_'.length)}), or use a user namespace where one can be made.`
				: `Start this program with ${name} in its effective set.`,
		};
	});
}

function privilegeObstacles({ facts, noNewPrivileges }: Self): Obstacle[] {
	if (!noNewPrivileges || facts.euid === 0) return [];
	return [
		{
			layer: 'no_new_privs',
			forbids: 'lent ids: newuidmap and newgidmap gain no privilege',
			evidence: 'NoNewPrivs in /proc/self/status is 1',
			remedy:
				'Start this program without it (of a systemd unit NoNewPrivileges=no; of Docker without --security-opt no-new-privileges), or map the own id alone.',
		},
	];
}

/** Ids that nobody lends, or the programs that would map them: a container goes without, with its root for its only user. */
function idObstacles(self: Self): Obstacle[] {
	return userFindings({ self }).flatMap(({ status, subject, found, cost, remedy }) => {
		const enough = status === 'works' || status === 'unknown';
		if (enough || cost === undefined || remedy === undefined) return [];
		return [{ layer: 'subids', forbids: cost, evidence: `${subject}: ${found}`, remedy }];
	});
}

function sysctlObstacles(): Obstacle[] {
	const all: Obstacle[] = [];
	const note = (name: string, blocking: string, forbids: string, value: string): void => {
		if (readSysctl(name) !== blocking) return;
		all.push({
			layer: 'sysctl',
			forbids,
			evidence: `${name} is ${blocking}`,
			remedy: `Set it on the host: sysctl -w ${name}=${value}, and for the next boot in /etc/sysctl.d.`,
		});
	};
	for (const [type, { file }] of Object.entries(namespaceTypes)) {
		note(`user.max_${file}_namespaces`, '0', `new ${type} namespaces, also for root`, '15000');
	}
	note('kernel.unprivileged_userns_clone', '0', 'user namespaces of users without privileges', '1');
	note(
		'kernel.apparmor_restrict_unprivileged_userns',
		'1',
		'capabilities in user namespaces of programs that AppArmor has no profile with "userns" for',
		'0',
	);
	return all;
}

// mount_too_revealing() of fs/namespace.c: in a user namespace a new procfs may not show what the one around it hides.
function procObstacles({ mounts }: Self, { proc, mount }: Refusals): Obstacle[] {
	// Where no mount can be made at all, another layer is to blame.
	if (proc !== 'EPERM' || mount !== undefined) return [];
	const covers = mounts.filter(({ mountPoint }) => mountPoint.startsWith('/proc/'));
	if (covers.length === 0) return [];
	const names = [...new Set(covers.map(({ mountPoint }) => mountPoint))];
	const shown = names.slice(0, 6).join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '');
	return [
		{
			layer: 'proc',
			forbids: 'a new procfs in a user namespace: it would show what is masked or made read-only in the one around it',
			evidence: `mounted over parts of /proc: ${shown}`,
			remedy:
				'Bind /proc in place of mounting proc ({"destination": "/proc", "type": "bind", "source": "/proc", "options": ["rbind"]}, without a pid namespace), or run the container around with an unmasked /proc (of Docker --security-opt systempaths=unconfined, of Podman --security-opt unmask=ALL, of Kubernetes procMount: Unmasked).',
		},
	];
}

function modulesObstacles({ confinedBy }: Self, { mount, userNamespace }: Refusals): Obstacle[] {
	if (confinedBy === undefined || (mount !== 'EACCES' && userNamespace !== 'EACCES')) return [];
	const { module, label } = confinedBy;
	const what = mount === 'EACCES' ? 'mounts' : 'user namespaces';
	const remedy =
		module === 'apparmor'
			? 'Run this program under a profile that allows mount, pivot_root and userns (of Docker and Podman: --security-opt apparmor=unconfined).'
			: 'Run this program in a domain that may do it (of Docker and Podman: --security-opt label=disable).';
	return [{ layer: module, forbids: what, evidence: `EACCES under ${label}`, remedy }];
}

function cgroupObstacles({ facts, mounts }: Self): Obstacle[] {
	const { unified, v1 } = facts.cgroup;
	const used = [unified?.mount, ...v1.map(({ mount }) => mount)];
	// The last line of a mount point is the one on top.
	const readOnly = used.flatMap((point) => {
		const mount = mounts.findLast(({ mountPoint }) => mountPoint === point);
		return mount?.options.includes('ro') ? [mount.mountPoint] : [];
	});
	if (readOnly.length === 0) return [];
	return [
		{
			layer: 'cgroup',
			forbids: 'cgroups, and so limits, freezing and statistics',
			evidence: `mounted read-only: ${readOnly.join(', ')}`,
			remedy:
				'Mount it writable in the container around this program (of Docker and Podman: --privileged, or --cgroupns=host with a writable /sys/fs/cgroup), or go without: --cgroup-manager disabled.',
		},
	];
}

// create_user_ns() of kernel/user_namespace.c has EPERM for who is below a chroot, and hardly for anything else that is left.
function chrootObstacles(known: readonly Obstacle[], { userNamespace }: Refusals): Obstacle[] {
	const told = known.some(({ layer, evidence }) => evidence.startsWith('clone') || layer === 'sysctl');
	if (userNamespace !== 'EPERM' || told) return [];
	return [
		{
			layer: 'chroot',
			forbids: 'user namespaces',
			evidence:
				'clone with CLONE_NEWUSER: EPERM, and neither a filter nor a sysctl says so: as for every program below a chroot(2)',
			remedy:
				'Start this program by pivot_root(2) in a mount namespace of its own in place of chroot (unshare --mount, systemd-nspawn, a container).',
		},
	];
}
