/** Prefix that the launcher gives to every variable of the caller; see addon/launcher/launcher.c. */
const prefix = '_TSRUN_ENV_';

let known: Readonly<Record<string, string>> | undefined;

/**
 * The environment tsrun was called with. Behind the launcher that is what it renamed, so that no variable could mean anything to
 * Bun or the dynamic loader; under plain Node it is `process.env` itself. Bytes that are not UTF-8 have become U+FFFD in either.
 */
export function callerEnvironment(): Readonly<Record<string, string>> {
	known ??= read(process.env);
	return known;
}

function read(environment: NodeJS.ProcessEnv): Record<string, string> {
	// The launcher only ever starts the Bun-compiled program; under Node the marker would be a variable of the caller.
	const behindLauncher = process.versions['bun'] !== undefined && environment['_TSRUN_LAUNCHER'] === '1';
	// No prototype: a variable called __proto__ or constructor is a variable like any other.
	const caller: Record<string, string> = Object.create(null);
	for (const [name, value] of Object.entries(environment)) {
		if (value === undefined) continue;
		if (!behindLauncher) caller[name] = value;
		else if (name.startsWith(prefix)) caller[name.slice(prefix.length)] = value;
	}
	return caller;
}
