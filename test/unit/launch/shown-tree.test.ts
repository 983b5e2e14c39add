import { closeSync, fstatSync, openSync } from 'node:fs';
import { DescriptorTable } from '../../../lib/launch/descriptors.js';
import { mapShownTree } from '../../../lib/launch/host-ops/shown-tree.js';
import type { Launch } from '../../../lib/launch/launch.js';
import { OwnedFd } from '../../../lib/native/index.js';

const isOpen = (fd: number): boolean => {
	try {
		return fstatSync(fd) !== undefined;
	} catch {
		return false;
	}
};

test('a helper that has sent no mount is told of, and nothing is mapped', () => {
	using descriptors = new DescriptorTable();
	const idmap = { uid: '0 1 1\n', gid: '0 1 1\n', recursive: false };
	expect(() => mapShownTree({ descriptors } as Launch, { source: '/srv/rootfs/a', idmap })).toThrow(
		expect.objectContaining({ code: 'ERR_NATIVE', message: expect.stringContaining('/srv/rootfs/a') }),
	);
});

test('of mounts that are shown one is kept at a time, and none is left open at the end', () => {
	const [first, second, third] = [1, 2, 3].map(() => openSync('/dev/null', 'r'));
	if (first === undefined || second === undefined || third === undefined) throw new Error('nothing was opened');
	const descriptors = new DescriptorTable();
	descriptors.keepShown(new OwnedFd(first));
	descriptors.keepShown(new OwnedFd(second));
	expect([isOpen(first), isOpen(second)]).toEqual([false, true]);
	expect(descriptors.takeShown()?.release()).toBe(second);
	expect(descriptors.takeShown()).toBeUndefined();
	descriptors.keepShown(new OwnedFd(third));
	descriptors[Symbol.dispose]();
	expect([isOpen(second), isOpen(third)]).toEqual([true, false]);
	closeSync(second);
});
