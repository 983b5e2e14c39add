import { hintFor, TsrunError } from '../../errors/index.js';
import { init } from '../../plan/step.js';
import { answerOf, type Examination } from '../examination.js';
import type { KernelConfig } from '../kernel-config.js';
import type { Finding } from '../report.js';
import { findProgram } from '../self.js';
import { processIn, programTrial, trial } from '../trial.js';
import { namespaceRemedy } from './namespaces.js';

interface Driver {
	readonly name: string;
	/** Words for ip(8) after `link add`. */
	readonly link?: readonly string[];
	readonly option: string;
	readonly module: string;
	readonly cost: string;
}

const drivers: readonly Driver[] = [
	{
		name: 'veth',
		link: ['d0', 'type', 'veth', 'peer', 'name', 'd1'],
		option: 'VETH',
		module: 'veth',
		cost: 'pairs of interfaces, by which engines connect containers',
	},
	{
		name: 'bridge',
		link: ['d0', 'type', 'bridge'],
		option: 'BRIDGE',
		module: 'bridge',
		cost: 'networks that several containers share',
	},
	{
		name: 'macvlan',
		link: ['d0', 'link', 'd1', 'type', 'macvlan'],
		option: 'MACVLAN',
		module: 'macvlan',
		cost: 'containers with an address of their own in the network of the host',
	},
	{
		name: 'ipvlan',
		link: ['d0', 'link', 'd1', 'type', 'ipvlan'],
		option: 'IPVLAN',
		module: 'ipvlan',
		cost: 'containers with an IP address of their own behind the host’s',
	},
	{
		name: 'vxlan',
		link: ['d0', 'type', 'vxlan', 'id', '1', 'dstport', '0'],
		option: 'VXLAN',
		module: 'vxlan',
		cost: 'networks across machines',
	},
	{ name: 'dummy', link: ['d0', 'type', 'dummy'], option: 'DUMMY', module: 'dummy', cost: 'interfaces for tests' },
	{
		name: 'nf_tables',
		option: 'NF_TABLES',
		module: 'nf_tables',
		cost: 'address translation and published ports by nft or iptables-nft',
	},
	{ name: 'ip_tables', option: 'IP_NF_IPTABLES', module: 'ip_tables', cost: 'the same by iptables-legacy' },
	{ name: 'tun', option: 'TUN', module: 'tun', cost: 'networks of ordinary users by slirp4netns or pasta' },
];

/** Interfaces and filters that those who make networks for containers use; tsrun itself needs only the loopback. */
export async function networkFindings(examination: Examination): Promise<Finding[]> {
	const door = await examination.door();
	const steps = processIn([...door, 'network'], examination.asker);
	const refusal = await trial([...steps, init('loopback', {})]);
	const loopback: Finding = {
		topic: 'network',
		subject: 'loopback',
		...(refusal === undefined
			? { status: 'works', found: 'up in a new network namespace' }
			: {
					status: 'missing',
					found: answerOf(refusal),
					cost: 'a network of the container’s own',
					...remedyOf(refusal, examination),
				}),
	};
	const ip = refusal === undefined ? findProgram('ip') : undefined;
	const findings: Finding[] = [loopback];
	for (const driver of drivers) {
		const done = ip === undefined || driver.link === undefined ? undefined : await made(ip, driver, steps);
		findings.push(done ?? listed(driver, examination.config));
	}
	return findings;
}

function remedyOf(refusal: TsrunError, { self }: Examination): { remedy?: string } {
	const { syscall, errno = '' } = refusal;
	const remedy =
		syscall === 'ioctl' ? hintFor({ operation: 'loopback', syscall, errno }) : namespaceRemedy(refusal, self);
	return remedy === undefined ? {} : { remedy };
}

/** By ip(8) in a network namespace of its own; undefined where that says nothing about the driver. */
async function made(ip: string, { name, link = [] }: Driver, steps: ReturnType<typeof processIn>) {
	const needsParent = link.includes('link');
	const script = needsParent
		? `${ip} link add d1 type veth peer name d2 && exec ${ip} link add ${link.join(' ')}`
		: `exec ${ip} link add ${link.join(' ')}`;
	const exit = await programTrial(steps, ['/bin/sh', '-c', script]);
	if (exit instanceof TsrunError || exit.code !== 0) return undefined;
	return {
		topic: 'network',
		subject: name,
		status: 'works',
		found: 'made one by ip(8) in a new network namespace',
	} as const;
}

function listed({ name, option, module, cost }: Driver, config: KernelConfig): Finding {
	const base = { topic: 'network', subject: name } as const;
	const state = config.module(module);
	if (state !== undefined && state !== 'absent') return { ...base, status: 'works', found: `module ${state}` };
	const built = config.option(option);
	if (built === 'y') return { ...base, status: 'works', found: `CONFIG_${option}=y` };
	const remedy = `Load the module ${module} (modprobe ${module}), or boot a kernel with CONFIG_${option}.`;
	if (built === undefined && state === undefined) {
		return { ...base, status: 'unknown', found: 'neither tried nor listed anywhere', cost, remedy };
	}
	const found =
		built === 'm' ? `CONFIG_${option}=m, and no such module is here` : `not in this kernel (CONFIG_${option})`;
	return { ...base, status: 'missing', found, cost, remedy };
}
