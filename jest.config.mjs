const project = (name, extra = {}) => ({
	displayName: name,
	rootDir: import.meta.dirname,
	testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	extensionsToTreatAsEsm: ['.ts'],
	moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/addon/build'],
	...extra,
});

// Real containers run in these: nothing may be left behind on the machine by any file.
const watched = { setupFilesAfterEnv: ['<rootDir>/test/harness/every-file.ts'] };

export default {
	testTimeout: 30_000,
	projects: [
		...['unit', 'golden', 'laws', 'architecture', 'contract', 'harness'].map((name) => project(name)),
		...['kernel', 'security', 'cli', 'examples', 'docs', 'reliability'].map((name) => project(name, watched)),
		project('clients'),
	],
};
