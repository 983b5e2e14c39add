import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../harness/call.js';
import { Daemon } from '../harness/daemon.js';
import { documented } from '../harness/documented.js';
import { folder, image, imageArchive } from '../harness/stage.js';

/** Where the runtime keeps the records of `ctr`'s containers and of pods, and their shims the bundles. */
export const records = ['runc', 'io.containerd.runtime.v2.task'].flatMap((place) =>
	['default', 'k8s.io'].map((namespace) => `/run/containerd/${place}/${namespace}`),
);

/**
 * containerd with the configuration documented for its version, on folders of its own; its sockets are in the stage's /run.
 *
 * @param options lines for the options of tsrun, which come last in the documented file
 * @param byDefault name of the runtime of pods without a handler
 */
export async function startContainerd(options = '', byDefault = 'runc'): Promise<Daemon> {
	const own = folder('containerd');
	const file = join(own, 'config.toml');
	const { shown, pods } = await forVersion();
	const places = `root = "${own}/root"\nstate = "/run/containerd"\n`;
	const plugins = `[plugins."io.containerd.internal.v1.opt"]\npath = "${own}/opt"\n`;
	const page = documented('containerd', shown).replace(
		/^default_runtime_name = .*$/m,
		`default_runtime_name = "${byDefault}"`,
	);
	writeFileSync(file, `${places}${page}${options}\n${plugins}${pods}`);
	return Daemon.start(['containerd', '--config', file], 'containerd successfully booted');
}

// The image has a command that stays, as a pod's first container needs. Pods ask for an oom score below containerd's own, which
// takes CAP_SYS_RESOURCE.
async function forVersion(): Promise<{ shown: string; pods: string }> {
	const version = await output(['containerd', '--version']);
	const shown = '/etc/containerd/config.toml';
	const score = 'restrict_oom_score_adj = true\n';
	if (/ v?1\./.test(version))
		return { shown, pods: `[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "${image}"\n${score}` };
	const images = `[plugins."io.containerd.cri.v1.images".pinned_images]\nsandbox = "${image}"\n`;
	return { shown: `${shown} of containerd 2`, pods: `[plugins."io.containerd.cri.v1.runtime"]\n${score}${images}` };
}

/** @param namespace of containerd: `default` is ctr's, `k8s.io` that of pods */
export async function importImage(namespace = 'default'): Promise<void> {
	await output(['ctr', '--namespace', namespace, 'images', 'import', '--all-platforms', imageArchive()]);
}
