/**
 * The paths of unix sockets in a D-Bus address, in order: `unix:path=/run/user/1000/bus,guid=...;...`
 * (D-Bus Specification, "Server Addresses"). Other transports are left out, and so are abstract sockets: no systemd
 * offers one.
 */
export function socketPaths(address: string): string[] {
	return address.split(';').flatMap((one) => {
		const [, options] = /^unix:(.*)$/.exec(one) ?? [];
		const path = options
			?.split(',')
			.find((option) => option.startsWith('path='))
			?.slice('path='.length);
		return path === undefined ? [] : [unescaped(path)];
	});
}

function unescaped(text: string): string {
	return text.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
