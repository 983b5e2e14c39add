// IFNAMSIZ in include/uapi/linux/if.h counts the NUL byte.
const LONGEST_NAME = 15;

/** What the kernel's dev_valid_name accepts. */
export function isInterfaceName(name: string): boolean {
	if (name === '' || name === '.' || name === '..') return false;
	return Buffer.byteLength(name) <= LONGEST_NAME && !/[/:\s\0]/.test(name);
}
