import { readFileSync } from 'node:fs';

interface Lock {
	readonly packages: Readonly<Record<string, { readonly cpu?: readonly string[] }>>;
}

const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lock;

// npm leaves out of the lock, without a word, what is not there in the version that is asked for.
test.each([
	['@oven/bun-linux-x64', '@oven/bun-linux-aarch64'],
	['google-closure-compiler-linux', 'google-closure-compiler-linux-arm64'],
	['@biomejs/cli-linux-x64', '@biomejs/cli-linux-arm64'],
])('what builds and checks is there for both architectures: %s', (x64, arm64) => {
	expect(Object.keys(packages)).toEqual(expect.arrayContaining([`node_modules/${x64}`, `node_modules/${arm64}`]));
});
