/** Prefix that the launcher gives to every variable of the caller; see addon/launcher/launcher.c. */
const prefix = '_TSRUN_ENV_';

let known: Readonly<Record<string, string>> | undefined;

/**
 * The environment tsrun was called with. Behind the launcher that is what it renamed, so that no variable could mean anything to
 * Bun or the dynamic loader; under plain Node it is `process.env` itself. Bytes that are not UTF-8 have become U+FFFD in either.
 */
export function callerEnvironment(): Readonly<Record<string, string>> {
	// The launcher only ever starts the Bun-compiled program; under Node its marker would be a variable of the caller.
	known ??= readEnvironment(process.env, process.versions['bun'] !== undefined);
	return known;
}

/**
 * The caller's variables in an environment.
 *
 * @param launchable whether the launcher may have made this environment; its marker in it then says whether it did
 */
export function readEnvironment(environment: NodeJS.ProcessEnv, launchable: boolean): Readonly<Record<string, string>> {
	const launched = launchable && environment['_TSRUN_LAUNCHER'] === '1';
	// No prototype: a variable called __proto__ or constructor is a variable like any other.
	const caller: Record<string, string> = Object.create(null);
	for (const [name, value] of Object.entries(environment)) {
		if (value === undefined) continue;
		if (!launched) caller[name] = value;
		else if (name.startsWith(prefix)) caller[name.slice(prefix.length)] = value;
	}
	return caller;
}
