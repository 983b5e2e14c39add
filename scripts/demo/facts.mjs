/** Runs inside the container and prints, one a line, what can be seen from there; then it waits for the end of its input. */
export const factsScript = `
echo "hostname $(hostname)"
echo "pid $$"
echo "mounts $(wc -l </proc/self/mountinfo)"
echo "uid $(id -u)"
echo "gid $(id -g)"
echo "capabilities $(grep CapEff /proc/self/status | cut -f2)"
printf 'descriptors '; ls -C /proc/$$/fd
echo "interfaces $(ls /sys/class/net | tr '\\n' ' ')"
echo "readonly $(touch /probe 2>/dev/null && echo no || echo yes)"
read -r line
exit 0
`;

/** What the last line of {@link factsScript} begins with. */
export const lastFact = 'readonly ';

/** The facts that {@link factsScript} printed, by name. */
export function parseFacts(output) {
	return Object.fromEntries(
		output
			.trim()
			.split('\n')
			.map((line) => [
				line.slice(0, line.indexOf(' ')),
				line
					.slice(line.indexOf(' ') + 1)
					.trim()
					.replace(/\s+/g, ' '),
			]),
	);
}

/** Prints the facts; throws when one of them is not what the default configuration asks for. */
export function checked(by, facts, host) {
	for (const [name, value] of Object.entries(facts)) console.log(`  ${name.padEnd(13)} ${value}`);
	const expected = {
		hostname: 'demo',
		uid: '0',
		gid: '0',
		// CAP_KILL, CAP_NET_BIND_SERVICE and CAP_AUDIT_WRITE.
		capabilities: '0000000020000420',
		descriptors: '0 1 2',
		interfaces: 'lo',
		readonly: 'yes',
		pid: '1',
	};
	for (const [name, value] of Object.entries(expected))
		if (facts[name] !== value) throw new Error(`${by}: ${name} is ${facts[name]} and should be ${value}`);
	if (facts.hostname === host.hostname) throw new Error(`${by}: the container has the name of the host`);
	if (!(Number(facts.mounts) > 5)) throw new Error(`${by}: the container has ${facts.mounts} mounts`);
	return facts;
}
