import { TsrunError } from '../lib/index.js';
import { wrongValue } from './parse.js';

interface ExecUser {
	uid?: number;
	gid?: number;
	additionalGids?: number[];
}

/**
 * The user of `--user` and `--additional-gids`; empty when neither was given.
 *
 * Only digits are taken. A number parser that stops at the first other character makes user 0 of a name (CVE-2026-30892 in crun).
 *
 * @throws TsrunError ERR_ARGUMENT for anything but decimal ids below 2^32 - 1, which the kernel takes for "no change".
 */
export function userOf(user: string | undefined, gids: readonly string[]): { user?: ExecUser } {
	const found: ExecUser = {};
	if (user !== undefined && user !== '') {
		const parts = user.split(':');
		if (parts.length > 2) throw wrongValue('user', user, 'UID or UID:GID is expected');
		const [uid = '', gid] = parts;
		found.uid = idOf('user', uid);
		if (gid !== undefined) found.gid = idOf('user', gid);
	}
	if (gids.length > 0) found.additionalGids = gids.map((gid) => idOf('additional-gids', gid));
	return Object.keys(found).length === 0 ? {} : { user: found };
}

function idOf(option: string, text: string): number {
	const id = Number(text);
	if (!/^\d{1,10}$/.test(text) || id >= 0xffff_ffff)
		throw new TsrunError(
			'ERR_ARGUMENT',
			`invalid id ${JSON.stringify(text)} for --${option}: a number below 4294967295 is expected`,
			{
				hint: "names are not looked up, because they are the image's own",
			},
		);
	return id;
}
