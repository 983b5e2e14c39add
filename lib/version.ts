/** The version of package.json; written by scripts/build/version.mjs. */
export const version = '0.1.0';
