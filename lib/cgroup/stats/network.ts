import { readTextFileIfThere } from '../../os/index.js';

/** What went over a network interface since it was made. */
export interface NetworkInterfaceStats {
	/** Of the interface, in the container. */
	readonly name: string;
	/** What came in. */
	readonly received: Traffic;
	/** What went out. */
	readonly sent: Traffic;
}

/** One direction of an interface. */
export interface Traffic {
	/** Bytes. */
	readonly bytes: bigint;
	/** Packets. */
	readonly packets: bigint;
	/** Packets with errors. */
	readonly errors: bigint;
	/** Packets that nobody wanted, or had room for. */
	readonly dropped: bigint;
}

const maxBytes = 4 * 1024 * 1024;

/** The interfaces that a process sees; undefined when it has ended. */
export function networkStats(pid: number): NetworkInterfaceStats[] | undefined {
	const text = readTextFileIfThere(`/proc/${pid}/net/dev`, { maxBytes });
	return text === undefined ? undefined : parseNetworkDevices(text);
}

/** /proc/net/dev (proc_net(5)): two lines of headings, then `name:` with eight numbers for each direction. */
export function parseNetworkDevices(text: string): NetworkInterfaceStats[] {
	return text
		.split('\n')
		.slice(2)
		.flatMap((line) => {
			// The name may itself have a colon, as aliases do.
			const colon = line.lastIndexOf(':');
			const numbers = line.slice(colon + 1).match(/\d+/g) ?? [];
			if (colon < 0 || numbers.length < 16) return [];
			return [{ name: line.slice(0, colon).trim(), received: traffic(numbers, 0), sent: traffic(numbers, 8) }];
		});
}

function traffic(numbers: readonly string[], from: number): Traffic {
	const at = (index: number) => BigInt(numbers[from + index] ?? 0);
	return { bytes: at(0), packets: at(1), errors: at(2), dropped: at(3) };
}
