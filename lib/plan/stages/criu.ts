import { init, type Step } from '../step.js';

/** CRIU, and where it looks for the programs that it runs itself. */
interface Criu {
	/** Absolute. */
	readonly file: string;
	readonly searchPath: string;
}

/**
 * The helper becomes CRIU, with the socket of the conversation as descriptor 3. Nothing of the caller's environment but
 * PATH is handed on: by HOME and its own variables CRIU finds options that whoever called us may not know of.
 *
 * @param descriptors how many from 3 on it gets
 * @param ownSession false where what it restores belongs to the caller's session
 */
export function* criuStage({ file, searchPath }: Criu, descriptors: number, ownSession: boolean): Generator<Step> {
	// The keys of the caller's terminal would end it half-way.
	if (ownSession) yield init('new_session', {});
	yield init('find_program', { name: file, path: '' });
	yield init('close_descriptors', { keep: descriptors });
	yield init('exec', { args: ['criu', 'swrk', '3'], env: [`PATH=${searchPath}`] });
}
