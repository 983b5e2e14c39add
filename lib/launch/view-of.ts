/**
 * What reads and writes numbers in a buffer. Buffer's own methods for that are JavaScript, in Bun as text that is compiled when one
 * is called first.
 */
export const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);
