// Loaded by Jest before every kernel and CLI test file: a file that leaves something behind on the machine fails.
import { watchForLeaks } from './leaks.js';
import { removeScratch } from './scratch.js';

const leaks = watchForLeaks();

// Runs before an afterAll at the top level of the file, and after those in its describe blocks.
afterAll(async () => {
	const left = await leaks();
	if (left.length > 0) throw new Error(`left behind on the machine:\n  ${left.join('\n  ')}`);
	removeScratch();
});
