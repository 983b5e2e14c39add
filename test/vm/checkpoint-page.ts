// docs/checkpoint.md, followed where there is a CRIU that knows the kernel.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { follow, isShown } from '../docs/follow.js';
import { pages } from '../docs/page.js';
import { removeScratch } from '../harness/scratch.js';

after(removeScratch);

test('checkpoint page: its programs, one after the other', { timeout: 400_000 }, () => {
	const blocks = pages().find(({ path }) => path === 'docs/checkpoint.md')?.blocks ?? [];
	const programs = blocks.filter(({ language }) => language === 'sh' || language === 'js');
	assert.equal(programs.length, 4);
	const { status, printed, said, left } = follow(programs, 300_000);
	assert.deepEqual({ status, said, left }, { status: 0, said: '', left: '' }, printed.join('\n'));
	for (const [index, program] of programs.entries()) {
		const shown = blocks[blocks.indexOf(program) + 1];
		if (shown?.info !== 'output') continue;
		assert.ok(isShown(shown.text, printed[index] ?? ''), printed[index]);
	}
});
