/** A program with a state that is nowhere but in its memory: the file has the count, which begins at 1 again only when it is started. */
export const counting = ['sh', '-c', 'i=0; while :; do i=$((i + 1)); echo $i >/count; sleep 0.05; done'];

/** A shell script that waits until the count is above a number, and prints it. */
export function countAbove(number: number): string {
	// Read once: the file is empty for a moment each time that it is written.
	return `until count=$(cat /count 2>/dev/null); [ "\${count:-0}" -gt ${number} ]; do :; done; echo $count`;
}
