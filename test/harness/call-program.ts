import { installProgram } from './static-program.js';

export { staticCompiler } from './static-program.js';

/** Puts the program `call` (programs/call.c) into the /bin of a root file system. */
export function installCall(rootfs: string): void {
	installProgram('call', rootfs);
}
