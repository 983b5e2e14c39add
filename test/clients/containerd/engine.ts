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

/** containerd with the documented configuration, on folders of its own; its sockets are in the stage's /run. */
export async function startContainerd(): Promise<Daemon> {
	const private_ = folder('containerd');
	const file = join(private_, 'config.toml');
	const places = `root = "${private_}/root"\nstate = "/run/containerd"\n`;
	const plugins = `[plugins."io.containerd.internal.v1.opt"]\npath = "${private_}/opt"\n`;
	// The image has a command that stays, as a pod's first container needs. Pods ask for an oom score below containerd's own, which
	// takes CAP_SYS_RESOURCE.
	const pods = `sandbox_image = "${image}"\nrestrict_oom_score_adj = true\n`;
	const sandbox = `[plugins."io.containerd.grpc.v1.cri"]\n${pods}`;
	writeFileSync(file, `${places}${documented('containerd', '/etc/containerd/config.toml')}\n${plugins}${sandbox}`);
	return Daemon.start(['containerd', '--config', file], 'containerd successfully booted');
}

/** @param namespace of containerd: `default` is ctr's, `k8s.io` that of pods */
export async function importImage(namespace = 'default'): Promise<void> {
	await output(['ctr', '--namespace', namespace, 'images', 'import', '--all-platforms', imageArchive()]);
}
