#!/bin/bash
# Starts QEMU, as a runner of guests does it, with more on the command line of the guest's kernel: $TSRUN_GUEST_KERNEL.
# Of an argument that is there twice, the kernel and systemd take the last one.
arguments=()
while [ $# -gt 0 ]; do
	arguments+=("$1")
	if [ "$1" = -append ]; then
		shift
		arguments+=("$1 $TSRUN_GUEST_KERNEL")
	fi
	shift
done
exec "$TSRUN_QEMU" "${arguments[@]}"
