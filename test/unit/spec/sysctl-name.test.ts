import { sysctlComponents } from '../../../lib/spec/index.js';

test.each([
	['net.ipv4.ip_forward', 'net/ipv4/ip_forward'],
	['net/ipv4/ip_forward', 'net/ipv4/ip_forward'],
	['net.ipv4.conf.eth0/100.forwarding', 'net/ipv4/conf/eth0.100/forwarding'],
	['net/ipv4/conf/eth0.100/forwarding', 'net/ipv4/conf/eth0.100/forwarding'],
])('%s is the file %s', (name, file) => {
	expect(sysctlComponents(name).join('/')).toBe(file);
});
