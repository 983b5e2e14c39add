import { statSync } from 'node:fs';
import { readSubordinateIds } from '../../host/index.js';
import { userName } from '../../os/index.js';
import type { Examination } from '../examination.js';
import type { Finding } from '../report.js';
import { findProgram } from '../self.js';

const setuidBit = 0o4000;
const fewIds = 65_536;

/** What containers of an ordinary user take: the programs that write their maps, and the ids that are lent. */
export function userFindings({ self: { facts } }: Pick<Examination, 'self'>): Finding[] {
	if (facts.euid === 0 && !facts.inUserNamespace) {
		return [{ topic: 'users', subject: 'id maps', status: 'works', found: 'we are root, who may map every id' }];
	}
	if (facts.euid === 0) return [ownMaps(facts.userNamespaceMaps?.uid.reduce((sum, { count }) => sum + count, 0) ?? 0)];
	return (['uid', 'gid'] as const).flatMap((kind) => [mapProgram(kind), lentIds(kind, facts.euid)]);
}

function ownMaps(count: number): Finding {
	const enough = count >= fewIds;
	return {
		topic: 'users',
		subject: 'id maps',
		status: enough ? 'works' : 'limited',
		found: `our user namespace has ${count} user id${count === 1 ? '' : 's'} to hand on`,
		...(enough
			? {}
			: {
					cost: 'containers with more users than that, as most images have',
					remedy: 'Map more ids into the user namespace around this program.',
				}),
	};
}

function mapProgram(kind: 'uid' | 'gid'): Finding {
	const name = `new${kind}map`;
	const base = { topic: 'users', subject: name } as const;
	const cost = `maps of more than the own ${kind}`;
	const path = findProgram(name);
	if (path === undefined) {
		const remedy = 'Install it: the package is uidmap on Debian and Ubuntu, shadow-utils on Fedora, shadow elsewhere.';
		return { ...base, status: 'missing', found: 'not installed', cost, remedy };
	}
	if ((statSync(path).mode & setuidBit) !== 0) return { ...base, status: 'works', found: `${path}, setuid` };
	return {
		...base,
		status: 'unknown',
		found: `${path} is not setuid root; it may have file capabilities instead`,
		cost,
		remedy: `If it has none: setcap cap_set${kind}+ep ${path}, or chmod u+s ${path}.`,
	};
}

function lentIds(kind: 'uid' | 'gid', euid: number): Finding {
	const name = userName(euid);
	const lent = readSubordinateIds(kind, { id: euid, ...(name === undefined ? {} : { name }) });
	const count = lent.reduce((sum, range) => sum + range.count, 0);
	const enough = count >= fewIds;
	return {
		topic: 'users',
		subject: `/etc/sub${kind}`,
		status: enough ? 'works' : count > 0 ? 'limited' : 'missing',
		found:
			lent.map(({ first, count }) => `${first} to ${first + count - 1}`).join(', ') || `no line for ${name ?? euid}`,
		...(enough
			? {}
			: {
					cost: 'containers with more users than their root, as most images have',
					remedy: `Add a line as root: ${name ?? euid}:100000:65536 (usermod --add-sub${kind}s 100000-165535 ${name ?? euid}).`,
				}),
	};
}
