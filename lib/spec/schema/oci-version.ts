import * as z from 'zod/mini';

// The grammar of semver.org 2.0.0; config.md asks for it.
const semver =
	/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** The specification promises compatibility inside a major version, so every 1.x is accepted, released or not. */
export const ociVersionSchema = z.string().check(
	z.refine((version) => semver.exec(version)?.[1] === '1', {
		error: 'must be a runtime-spec version 1.x in SemVer form such as 1.3.0',
	}),
);
