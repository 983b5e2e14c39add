import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

// Tests for guests are bundled, and told where the repository is.
const repository = process.env['TSRUN_REPOSITORY'] ?? resolve(import.meta.dirname, '../../..');
const pages = resolve(repository, 'docs/clients');

/**
 * A configuration as docs/clients shows it: what users copy is what the tests run, and the stage has the program under test installed
 * where the pages say.
 *
 * @param page name of the page without `.md`
 * @param file name in the first line of the code block, as in `# /etc/containerd/config.toml`, or the block's language for JSON,
 *   which has no comments
 */
export function documented(page: string, file: string): string {
	const text = readFileSync(resolve(pages, `${page}.md`), 'utf8');
	const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, body]) => ({
		language,
		body: body ?? '',
	}));
	const block = blocks.find(({ language, body }) => language === file || body.startsWith(`# ${file}\n`));
	if (block === undefined) throw new Error(`docs/clients/${page}.md shows no ${file}`);
	return block.body;
}
