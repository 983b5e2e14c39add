// Writes the pages about the library's exports: `node scripts/api-pages/generate.mjs DIRECTORY` (docs/api). Ends with 1, and names
// them, when an export has no words or a type of one is not exported.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entries, root } from './entries.mjs';
import { writePages } from './pages.mjs';
import { surfaceOf } from './surface.mjs';

const directory = process.argv[2] ?? join(root, 'docs/api');
const fresh = mkdtempSync(join(tmpdir(), 'tsrun-api-'));
try {
	const complaints = await writePages(fresh);
	writeFileSync(join(fresh, 'surface.md'), surfaceOf(entries));
	// All at once, so that the old pages stay until there are new ones.
	rmSync(directory, { recursive: true, force: true });
	cpSync(fresh, directory, { recursive: true });
	for (const complaint of complaints) console.error(complaint);
	process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
	rmSync(fresh, { recursive: true, force: true });
}
