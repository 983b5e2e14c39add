import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addonPath, loadAddon, native } from '../../lib/native/load.js';

test('the addon is looked for in the installation of the running code only', () => {
	expect(addonPath('file:///opt/tsrun/dist/lib/native/load.js')).toBe('/opt/tsrun/dist/tsrun.node');
	expect(addonPath('file:///src/tsrun/lib/native/load.ts')).toBe('/src/tsrun/dist/tsrun.node');
	expect(addonPath('file:///$bunfs/root/tsrun')).toBe(join(dirname(process.execPath), '../tsrun.node'));
});

test('it is loaded once', () => {
	expect(native()).toBe(native());
});

test('a file that is missing or no addon is ERR_NATIVE with its path', () => {
	const folder = mkdtempSync(join(tmpdir(), 'tsrun-load-'));
	const path = join(folder, 'tsrun.node');
	try {
		expect(() => loadAddon(path)).toThrow(expect.objectContaining({ code: 'ERR_NATIVE', path }));
		writeFileSync(path, 'not an ELF file');
		expect(() => loadAddon(path)).toThrow(expect.objectContaining({ code: 'ERR_NATIVE', path }));
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('an addon of another version is refused', () => {
	const { dlopen } = process;
	process.dlopen = (addon: object) => {
		Object.assign(addon, { exports: { interfaceVersion: 0, wireVersion: 1 } });
	};
	try {
		expect(() => loadAddon('/somewhere/tsrun.node')).toThrow(/speaks version 0\/1/);
	} finally {
		process.dlopen = dlopen;
	}
});
