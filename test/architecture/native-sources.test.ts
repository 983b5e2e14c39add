import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const addon = resolve(import.meta.dirname, '../../addon');
const list = readFileSync(join(addon, 'CMakeLists.txt'), 'utf8');

test.each(['init', 'binding'])(
	'every source in addon/%s is in the one list of sources, in alphabetical order',
	(folder) => {
		const listed = [...list.matchAll(/^\t([a-z_/]+\.(?:c|cc))\b/gm)].map(([, path]) => path);
		const sources = readdirSync(join(addon, folder)).filter((name) => /\.(c|cc)$/.test(name));
		expect(listed.filter((path) => path?.startsWith(`${folder}/`))).toEqual(
			sources.sort().map((name) => `${folder}/${name}`),
		);
	},
);
