import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readable } from '../harness/readable.js';
import { scratch, token } from '../harness/scratch.js';
import { type Block, repository } from './page.js';

/** What came of following a page. */
export interface Followed {
	readonly status: number | null;
	/** What each block printed, on both streams; undefined for those that were not reached. */
	readonly printed: readonly (string | undefined)[];
	/** What the shell around them said. */
	readonly said: string;
	/** Ids of containers that were there at the end. */
	readonly left: string;
}

/** Containers of the page are remembered in a place of their own, whoever else runs some on this machine. */
const ownStateRoot = `
mkdir -p /run/tsrun
mount -t tmpfs -o mode=0700 tmpfs /run/tsrun
exec bash "$1"
`;

/**
 * Follows a page as its reader would: all blocks in their order, those of the shell in one shell, in an empty home directory into
 * which this package is installed.
 */
export function follow(blocks: readonly Block[], timeout = 150_000): Followed {
	const home = scratch('home');
	const folder = join(home, '.blocks');
	mkdirSync(folder);
	install(home);
	for (const [index, block] of blocks.entries()) {
		writeFileSync(join(folder, block.language === 'sh' ? `${index}.sh` : `${index}.mjs`), block.text);
	}
	const script = join(folder, 'page');
	writeFileSync(script, [head, ...blocks.map(callOf)].join('\n'));
	const options = { cwd: home, encoding: 'utf8', timeout, killSignal: 'SIGKILL' } as const;
	const words = ['--mount', '--propagation', 'private', 'sh', '-euc', ownStateRoot, 'sh', script];
	const env = {
		HOME: home,
		BLOCKS: folder,
		LANG: 'C.UTF-8',
		NODE_NO_WARNINGS: '1',
		PATH: `${join(home, 'node_modules/.bin')}:${process.env['PATH']}`,
		TSRUN_TEST: token,
	};
	const { status, stdout, stderr } = spawnSync('unshare', words, { ...options, env });
	const read = (name: string) => readable(() => readFileSync(join(folder, name), 'utf8'));
	return {
		status,
		printed: blocks.map((_, index) => read(`${index}.out`)),
		said: stdout + stderr,
		left: read('left') ?? '',
	};
}

/** What `npm install` makes of this package. */
function install(home: string): void {
	mkdirSync(join(home, 'node_modules/.bin'), { recursive: true });
	symlinkSync(repository, join(home, 'node_modules/tsrun'));
	symlinkSync('../tsrun/dist/tsrun', join(home, 'node_modules/.bin/tsrun'));
}

const head = `
set -eu
finish() {
	tsrun list --quiet >"$BLOCKS/left"
	while read -r id; do tsrun delete --force "$id"; done <"$BLOCKS/left"
}
trap finish EXIT
`;

function callOf({ language, notes }: Block, index: number): string {
	const output = `"$BLOCKS/${index}.out" 2>&1 </dev/null`;
	const run = language === 'sh' ? `. "$BLOCKS/${index}.sh"` : `node "$BLOCKS/${index}.mjs"`;
	const fails = notes.get('fails');
	if (fails === undefined) return `${run} >${output}`;
	return `status=0; bash -eu "$BLOCKS/${index}.sh" >${output} || status=$?; [ "$status" = ${Number(fails)} ]`;
}

/** Whether a text is what a block of output shows: \`...\` stands for anything in a line, or, alone, for any lines. */
export function isShown(expected: string, printed: string): boolean {
	const lines = expected.split('\n').map((line) => {
		if (line === '...') return '(?:.*\\n)*?.*';
		return line.split('...').map(escaped).join('.*');
	});
	return new RegExp(`^${lines.join('\\n')}$`).test(printed);
}

const escaped = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
