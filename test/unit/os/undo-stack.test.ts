import { TsrunError } from '../../../lib/errors/index.js';
import { UndoStack } from '../../../lib/os/index.js';

test('undoes the last first, waits for each, and goes on after a failure', async () => {
	const done: string[] = [];
	const stack = new UndoStack();
	stack.push('one', () => void done.push('one'));
	stack.push('remove the cgroup', () => {
		throw new TsrunError('ERR_CGROUP', 'busy', { errno: 'EBUSY' });
	});
	stack.push('two', async () => {
		await new Promise((resolve) => setImmediate(resolve));
		done.push('two');
	});
	stack.push('close the socket', () => Promise.reject(new Error('no')));
	stack.push('three', () => void done.push('three'));

	const failures = await stack.unwind();

	expect(done).toEqual(['three', 'two', 'one']);
	expect(failures).toHaveLength(2);
	expect(failures[0]).toMatchObject({ code: 'ERR_SYSTEM', message: 'cannot close the socket: no' });
	expect(failures[1]).toMatchObject({ code: 'ERR_CGROUP', message: 'busy', errno: 'EBUSY' });
});

test('does nothing after a commit, nor the second time', async () => {
	let count = 0;
	const stack = new UndoStack();
	stack.push('count', () => void count++);
	stack.commit();
	expect(await stack.unwind()).toEqual([]);
	expect(count).toBe(0);
	stack.push('count', () => void count++);
	await stack.unwind();
	await stack.unwind();
	expect(count).toBe(1);
});
