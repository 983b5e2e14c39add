import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../build/paths.mjs';

/** The name under which every engine knows the image. */
const reference = 'docker.io/library/tsrun-busybox:latest';

/**
 * Packs a root filesystem of scripts/rootfs.sh as an image, so that no registry is needed: one archive which is at once an OCI image
 * layout (image-layout.md) and what `docker save` writes, since containerd and Podman read the first and Docker 20.10 only the second.
 *
 * @param folder where the archive is put, which must exist
 * @returns path of the archive
 */
export function packImage(folder) {
	const archive = join(folder, 'busybox.tar');
	const work = mkdtempSync(join(folder, 'image-'));
	try {
		execFileSync('sh', [inRoot('scripts/rootfs.sh'), join(work, 'rootfs')], { stdio: 'inherit' });
		writeImage(join(work, 'image'), packLayer(work));
		const made = join(work, 'image.tar');
		execFileSync('tar', ['-C', join(work, 'image'), '-cf', made, '.']);
		renameSync(made, archive);
	} finally {
		rmSync(work, { recursive: true });
	}
	return archive;
}

function packLayer(work) {
	const layer = join(work, 'layer.tar');
	const flags = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
	execFileSync('tar', ['-C', join(work, 'rootfs'), ...flags, '-cf', layer, '.']);
	return readFileSync(layer);
}

function writeImage(folder, layer) {
	mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
	const layerBlob = writeBlob(folder, layer, 'application/vnd.oci.image.layer.v1.tar');
	const config = writeBlob(
		folder,
		json({
			architecture: { x64: 'amd64' }[process.arch] ?? process.arch,
			os: 'linux',
			// The command keeps a pod's first container alive.
			config: { Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sleep', '1000000'], WorkingDir: '/' },
			rootfs: { type: 'layers', diff_ids: [layerBlob.digest] },
			history: [{ created_by: 'scripts/rootfs.sh' }],
		}),
		'application/vnd.oci.image.config.v1+json',
	);
	const manifestType = 'application/vnd.oci.image.manifest.v1+json';
	const manifest = writeBlob(
		folder,
		json({ schemaVersion: 2, mediaType: manifestType, config, layers: [layerBlob] }),
		manifestType,
	);

	const annotations = {
		'io.containerd.image.name': reference,
		'org.opencontainers.image.ref.name': 'latest',
	};
	writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
	writeFileSync(join(folder, 'index.json'), json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
	const saved = { Config: blobPath(config), RepoTags: [reference], Layers: [blobPath(layerBlob)] };
	writeFileSync(join(folder, 'manifest.json'), json([saved]));
}

function writeBlob(folder, bytes, mediaType) {
	const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
	const blob = { mediaType, digest, size: bytes.length };
	writeFileSync(join(folder, blobPath(blob)), bytes);
	return blob;
}

const blobPath = ({ digest }) => `blobs/${digest.replace(':', '/')}`;
const json = (value) => Buffer.from(JSON.stringify(value));
