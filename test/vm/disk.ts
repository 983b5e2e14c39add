import { statSync } from 'node:fs';

const number = statSync('/root').dev;

/** The block device of the guest's own disk. */
export const [major, minor] = [(number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xfff00)] as const;
