import { statSync } from 'node:fs';
import { TsrunError } from '../errors/index.js';
import { type IdRange, readSubordinateIds } from '../host/user-ids.js';
import { parseIdMap, readTextFileIfThere, userName } from '../os/index.js';

type Kind = 'uid' | 'gid';

const pointerTo = (kind: Kind): string => `/linux/${kind}Mappings`;

const setuidBit = 0o4000;

/** There is no newuidmap(1) or newgidmap(1). */
export function mapProgramMissing(kind: Kind, folders: readonly string[]): TsrunError {
	const program = `new${kind}map`;
	const message = `cannot map more than the own ${kind}: ${program} is not installed in ${folders.join(', ')}`;
	const hint = `Install ${program} (the package is uidmap on Debian and Ubuntu, shadow-utils on Fedora, shadow elsewhere), or map the own id alone.`;
	return new TsrunError('ERR_STEP_FAILED', message, { pointer: pointerTo(kind), hint });
}

/** It refused, and this is why, as far as can be told from here. */
export function mapProgramFailure(kind: Kind, program: string, map: string, output: string): TsrunError {
	const [line = output] = output.split('\n');
	const hint = lentHint(kind, map) ?? privilegeHint(kind, program);
	return new TsrunError('ERR_STEP_FAILED', `cannot map ${kind}s: ${line}`, {
		path: program,
		pointer: pointerTo(kind),
		hint,
	});
}

// Name services may lend ids that are in no file; whoever runs those knows what to do with the program's own words.
function lentHint(kind: Kind, map: string): string | undefined {
	const own = (kind === 'uid' ? process.getuid : process.getgid)?.() ?? 0;
	const user = userOf();
	const lent = readSubordinateIds(kind, user);
	const missing = parseIdMap(map).find(
		({ outside, count }) => !(count === 1 && outside === own) && !covers(lent, outside, count),
	);
	if (missing === undefined) return undefined;
	const file = `/etc/sub${kind}`;
	const owner = user.name ?? String(user.id);
	const has = lent.map(({ first, count }) => `${first} to ${first + count - 1}`).join(', ') || 'none';
	const wanted = `${missing.outside} to ${missing.outside + missing.count - 1}`;
	return `${file} has to lend the ids ${wanted} to ${owner} (it lends ${has}): add the line ${owner}:${missing.outside}:${missing.count}, or map what it lends.`;
}

function userOf(): { id: number; name?: string } {
	const id = process.getuid?.() ?? 0;
	const name = userName(id);
	return name === undefined ? { id } : { id, name };
}

/** Ranges that touch each other serve as one, as they do for newuidmap(1). */
function covers(lent: readonly IdRange[], first: number, count: number): boolean {
	if (count <= 0) return true;
	const range = lent.find((one) => one.first <= first && first < one.first + one.count);
	if (range === undefined) return false;
	const end = range.first + range.count;
	return covers(lent, end, first + count - end);
}

function privilegeHint(kind: Kind, program: string): string | undefined {
	if (/^NoNewPrivs:\s*1/m.test(readTextFileIfThere('/proc/self/status', { maxBytes: 64 * 1024 }) ?? '')) {
		return `This program runs with no_new_privs, under which ${program} gains no privilege: take that away (of a systemd unit NoNewPrivileges=), or map the own id alone.`;
	}
	if ((statSync(program).mode & setuidBit) !== 0) return undefined;
	return `${program} is not setuid root, and may have lost its privilege: chmod u+s ${program}, or setcap cap_set${kind}+ep ${program}.`;
}
