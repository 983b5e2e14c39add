import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readFile } from './self.js';

/** How a kernel was built, as far as the machine tells. */
export interface KernelConfig {
	/** Where it was read; undefined: nowhere. */
	readonly source: string | undefined;
	/** `y` built in, `m` a module, `n` left out; undefined where nobody tells. */
	option(name: string): 'y' | 'm' | 'n' | undefined;
	/** Whether a module is there to be loaded, is loaded, or built in; undefined where the machine lists none. */
	module(name: string): 'loaded' | 'builtin' | 'loadable' | 'absent' | undefined;
}

/** Reads the configuration of the running kernel: /proc/config.gz, or what distributions put beside the kernel or its modules. */
export function readKernelConfig(release: string): KernelConfig {
	const modules = `/lib/modules/${release}`;
	const packed = '/proc/config.gz';
	const plain = [`/boot/config-${release}`, `${modules}/config`, `${modules}/build/.config`];
	const source = existsSync(packed) ? packed : plain.find((path) => existsSync(path));
	const text = source === undefined ? undefined : textOf(source);
	const options = new Map(
		[...(text ?? '').matchAll(/^CONFIG_(\w+)=(.*)$/gm)].map(([, name = '', value = '']): [string, string] => [
			name,
			value,
		]),
	);
	return {
		source: text === undefined ? undefined : source,
		option: (name) => {
			if (text === undefined) return undefined;
			const value = options.get(name);
			return value === undefined ? 'n' : value === 'm' ? 'm' : 'y';
		},
		module: (name) => moduleState(modules, name),
	};
}

/** A file of another shape is as good as none. */
function textOf(path: string): string | undefined {
	try {
		return path.endsWith('.gz') ? gunzipSync(readFileSync(path)).toString('latin1') : readFile(path);
	} catch {
		return undefined;
	}
}

function moduleState(folder: string, name: string): ReturnType<KernelConfig['module']> {
	if (existsSync(`/sys/module/${name}`)) return 'loaded';
	const [builtin, loadable] = [readFile(`${folder}/modules.builtin`), readFile(`${folder}/modules.dep`)];
	if (builtin === undefined && loadable === undefined) return undefined;
	const listed = (list: string | undefined) =>
		new RegExp(`/${name.replaceAll('_', '[-_]')}\\.ko`, 'm').test(list ?? '');
	if (listed(builtin)) return 'builtin';
	return listed(loadable) ? 'loadable' : 'absent';
}
