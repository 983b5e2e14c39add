/** Prefix that the launcher gives to every variable of the caller; see addon/launcher/launcher.c. */
const prefix = '_TSRUN_ENV_';

let known: Readonly<Record<string, string>> | undefined;

// The launcher only ever starts the Bun-compiled program; under Node its marker would be a variable of the caller.
const launchable = process.versions['bun'] !== undefined;

/**
 * The environment tsrun was called with. Behind the launcher that is what it renamed, so that no variable could mean anything to
 * Bun or the dynamic loader; under plain Node it is `process.env` itself. Bytes that are not UTF-8 have become U+FFFD in either.
 */
export function callerEnvironment(): Readonly<Record<string, string>> {
	known ??= readEnvironment(process.env, launchable);
	return known;
}

/** How many descriptors from 3 on the caller has handed over, as the launcher counted them; undefined without a launcher. */
export function callerDescriptors(): number | undefined {
	return readDescriptors(process.env, launchable);
}

/** {@link callerDescriptors} of an environment. */
export function readDescriptors(environment: NodeJS.ProcessEnv, launchable: boolean): number | undefined {
	if (!launchable || environment['_TSRUN_LAUNCHER'] !== '1') return undefined;
	return Number(environment['_TSRUN_DESCRIPTORS'] ?? 0);
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
