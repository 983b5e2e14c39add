import { textThat } from './scalars.js';

// The grammar of semver.org 2.0.0, which config.md asks for.
const identifier = String.raw`(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const build = '[0-9a-zA-Z-]+';
const number = String.raw`(?:0|[1-9]\d*)`;
const pattern = `^(${number})\\.${number}\\.${number}(?:-${identifier}(?:\\.${identifier})*)?(?:\\+${build}(?:\\.${build})*)?$`;

/** The specification promises compatibility inside a major version, so every 1.x is accepted, released or not. */
export const ociVersionSchema = textThat(
	'a runtime-spec version 1.x in SemVer form such as 1.3.0',
	(version) => new RegExp(pattern).exec(version)?.[1] === '1',
);
