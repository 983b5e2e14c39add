import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, type Config, succeed, until } from './guest.js';

/** A bundle whose program counts in a file. */
export function counting(edit: (config: Config) => void = () => {}): string {
	return bundle('i=0; while :; do i=$((i+1)); echo $i >/count; sleep 0.1; done', (config) => {
		config['root'] = { path: 'rootfs' };
		edit(config);
	});
}

/** How far it has counted. */
export const countOf = (path: string): number => {
	const file = join(path, 'rootfs/count');
	return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
};

/** Waits until it has counted further. */
export const counts = (path: string, from: number) => until(`it counts beyond ${from}`, () => countOf(path) > from);

export const checkpoint = (id: string, images: string): void => {
	succeed('checkpoint', '--image-path', images, id);
};
