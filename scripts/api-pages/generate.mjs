// Writes the pages about the library's exports: `node scripts/api-pages/generate.mjs DIRECTORY` (docs/api). Ends with 1, and names
// them, when an export has no words or a type of one is not exported.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entries, root } from './entries.mjs';
import { writePages } from './pages.mjs';
import { surfaceOf } from './surface.mjs';

const directory = process.argv[2] ?? join(root, 'docs/api');
rmSync(directory, { recursive: true, force: true });
const complaints = await writePages(directory);
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, 'surface.md'), surfaceOf(entries));
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;
