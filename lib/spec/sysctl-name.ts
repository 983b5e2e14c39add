/**
 * The file below /proc/sys that a sysctl name means, as path components. As sysctl(8) has it, the first separator decides:
 * after a dot, dots separate and a slash stands for a dot inside a name (`net.ipv4.conf.eth0/100.forwarding`), after a
 * slash it is the other way round.
 */
export function sysctlComponents(name: string): string[] {
	const slashes = /^[^./]*\//.test(name);
	return name.split(slashes ? '/' : '.').map((part) => (slashes ? part : part.replaceAll('/', '.')));
}
