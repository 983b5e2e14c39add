import { closeSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hintFor, type TsrunError } from '../../errors/index.js';
import { native } from '../../native/index.js';
import { removeTree, systemFailure } from '../../os/index.js';
import { init, type Step } from '../../plan/step.js';
import { mountAttributes, propagationFlags } from '../../plan/tables/mount-options.js';
import type { NamespaceType } from '../../plan/tables/namespaces.js';
import { changeRootMethods } from '../../plan/tables/operation-flags.js';
import { answerOf, type Examination } from '../examination.js';
import type { Refusals } from '../obstacles.js';
import type { Finding } from '../report.js';
import { readFile } from '../self.js';
import { processIn, trial } from '../trial.js';
import { isMaking, namespaceRemedy } from './namespaces.js';

interface MountTrial {
	readonly type: string;
	/** Namespaces that the file system shows. */
	readonly namespaces: readonly NamespaceType[];
	readonly cost: string;
}

const trials: readonly MountTrial[] = [
	{ type: 'tmpfs', namespaces: [], cost: '/dev and /dev/shm of containers' },
	{ type: 'proc', namespaces: ['pid'], cost: '/proc of containers with a pid namespace of their own' },
	{ type: 'sysfs', namespaces: ['network'], cost: '/sys of containers with a network of their own' },
	{ type: 'devpts', namespaces: [], cost: 'terminals' },
	{ type: 'mqueue', namespaces: ['ipc'], cost: '/dev/mqueue' },
	{ type: 'overlay', namespaces: [], cost: 'images as layers, as engines store them' },
];

/** File systems by mounting them, in a mount namespace of their own and in a folder that is removed again. */
export async function mountFindings(examination: Examination): Promise<Finding[]> {
	return inFolder(async (folder) => {
		const findings: Finding[] = [];
		for (const one of trials) findings.push(await tried(one, folder, examination));
		return [...findings, ...mappedMounts(examination, folder), knownTypes()];
	});
}

/** What the kernel says of a new procfs, a new tmpfs and another root, in a new user namespace where one can be made. */
export async function mountRefusals(examination: Examination): Promise<Omit<Refusals, 'userNamespace'>> {
	const door = (await examination.namespaces('user')) === undefined ? (['user'] as const) : [];
	return inFolder(async (folder) => ({
		proc: (await mountRefusal('proc', ['pid'], folder, examination, door))?.errno,
		mount: (await mountRefusal('tmpfs', [], folder, examination, door))?.errno,
		pivot: (await pivotRefusal(folder, examination, door))?.errno,
	}));
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), 'tsrun-doctor-'));
	try {
		return await use(folder);
	} finally {
		await removeTree(folder);
	}
}

/** The kernel's answer to a new file system of this type; undefined when it can be mounted. */
async function mountRefusal(
	type: string,
	namespaces: readonly NamespaceType[],
	folder: string,
	{ asker }: Pick<Examination, 'asker'>,
	door: readonly NamespaceType[],
): Promise<TsrunError | undefined> {
	return trial([
		...processIn([...door, 'mount', ...namespaces], asker),
		...rootIn(folder),
		...(type === 'overlay' ? overlaySteps(folder) : [mountStep(type, '/mount', [])]),
	]);
}

/** The kernel's answer to pivot_root(2) by who may mount. */
function pivotRefusal(
	folder: string,
	{ asker }: Pick<Examination, 'asker'>,
	door: readonly NamespaceType[],
): Promise<TsrunError | undefined> {
	const pivot = init('change_root', { method: changeRootMethods.pivot });
	return trial([...processIn([...door, 'mount'], asker), ...rootIn(folder), pivot]);
}

function rootIn(folder: string): Step[] {
	return [
		init('propagation', { flags: propagationFlags.slave | propagationFlags.recursive }),
		init('rootfs', { path: folder, parent: propagationFlags.private }),
	];
}

async function tried(
	{ type, namespaces, cost }: MountTrial,
	folder: string,
	examination: Examination,
): Promise<Finding> {
	const door = await examination.door();
	const refusal = await mountRefusal(type, namespaces, folder, examination, door);
	const base = { topic: 'mounts', subject: type } as const;
	const inside = door.length > 0 ? ' in a new user namespace' : '';
	if (refusal === undefined) return { ...base, status: 'works', found: `mounted one${inside}` };
	const remedy = mountRemedy(type, refusal, door.length > 0, examination);
	return {
		...base,
		status: 'missing',
		found: `${answerOf(refusal)}${inside}`,
		cost,
		...(remedy === undefined ? {} : { remedy }),
	};
}

function mountRemedy(type: string, refusal: TsrunError, inside: boolean, { self }: Examination): string | undefined {
	const { errno = '', syscall } = refusal;
	// The process that was to mount it was refused already.
	if (isMaking(refusal) || syscall === 'write') return namespaceRemedy(refusal, self);
	const context = { userNamespace: inside || self.facts.inUserNamespace };
	return hintFor({ operation: 'mount', kind: type, errno, syscall, context });
}

// On a tmpfs of its own: the folder may itself be on an overlay, which cannot be the upper layer of another one.
function overlaySteps(folder: string): Step[] {
	const names = ['lower', 'upper', 'work', 'merged'];
	const layer = (name: string) => `${name}dir=${folder}/overlay/${name}`;
	return [
		mountStep('tmpfs', '/overlay', []),
		...names.map((name) => init('make_directory', { path: `/overlay/${name}`, mode: 0o755 })),
		mountStep('overlay', '/overlay/merged', ['lower', 'upper', 'work'].map(layer)),
	];
}

function mountStep(type: string, destination: string, options: readonly string[]): Step {
	// As containers have it: below a sysfs that is mounted read-only, in a user namespace, there are no others.
	const set = type === 'sysfs' ? mountAttributes.readonly : 0n;
	const none = { set, clear: 0n, rec_set: 0n, rec_clear: 0n, propagation: [] };
	return init('mount', { ...none, destination, type, source: type, options, flags: 0, fallback: '' });
}

const openTreeClone = 1;

/** Mapped mounts of the file systems that images and volumes usually are on. */
function mappedMounts(examination: Examination, folder: string): Finding[] {
	const subject = 'id-mapped bind mounts';
	const cost = 'idmap and ridmap of mounts, and uidMappings of a mount';
	if (examination.asker.euid !== 0 || examination.self.facts.inUserNamespace) {
		const found = 'takes CAP_SYS_ADMIN where the file system was mounted';
		return [{ topic: 'mounts', subject, status: 'missing', found, cost, remedy: 'Run as root of the machine.' }];
	}
	const answers = [...new Set(['/', folder])].map((path) => `${path}: ${mapAnswer(path)}`);
	const good = answers.filter((answer) => answer.endsWith(': works')).length;
	return [
		{
			topic: 'mounts',
			subject,
			status: good === answers.length ? 'works' : good > 0 ? 'limited' : 'missing',
			found: answers.join(', '),
			...(good === answers.length
				? {}
				: { cost, remedy: 'Keep what is to be mapped on ext4, xfs, btrfs (Linux 5.12 to 5.15) or tmpfs (6.3).' }),
		},
	];
}

function mapAnswer(path: string): string {
	const open: number[] = [];
	try {
		const tree = native().openTree(path, openTreeClone);
		open.push(tree);
		const namespace = native().userNamespace('0 100000 65536\n', '0 100000 65536\n');
		open.push(namespace);
		native().mountIdmap(tree, namespace, false);
		return 'works';
	} catch (cause) {
		return answerOf(systemFailure('cannot map', cause));
	} finally {
		for (const fd of open) closeSync(fd);
	}
}

function knownTypes(): Finding {
	const text = readFile('/proc/filesystems');
	const types = (text ?? '').split('\n').flatMap((line) => line.split('\t')[1] ?? []);
	return {
		topic: 'mounts',
		subject: 'file systems',
		status: text === undefined ? 'unknown' : 'works',
		found: types.length === 0 ? '/proc/filesystems cannot be read' : types.join(' '),
	};
}
