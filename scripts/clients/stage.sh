#!/bin/sh
# Runs a command where container engines can be started without touching the machine: stage.sh PACKAGES INSTALLED COMMAND...
#
# The command gets its own mount, network, pid, ipc, uts and cgroup namespaces. PACKAGES (what Debian's packages contain, unpacked)
# is laid over /usr and /etc, INSTALLED over /usr/local; /run and /var/lib are empty. When the command ends, everything it started ends with it, and the
# cgroups that were made below its own are removed.
set -eu

usage='usage: stage.sh PACKAGES INSTALLED COMMAND...'
packages=$(cd "${1:?$usage}" && pwd)
installed=$(cd "${2:?$usage}" && pwd)
shift 2
name=tsrun-clients-$$

# One line for each cgroup hierarchy of this machine: type, options to mount it with, path of this process in it, mount point.
hierarchies() {
	awk '
		FNR == NR { controllers = $0; sub(/^[0-9]+:/, "", controllers); path = controllers
			sub(/:.*/, "", controllers); sub(/^[^:]*:/, "", path); here[controllers] = path; next }
		$3 == "cgroup2" { print "cgroup2", "rw", here[""], $2; next }
		$3 == "cgroup" { for (c in here) if (c != "" && ("," $4 "," ~ "," c ",")) print "cgroup", c, here[c], $2 }
	' /proc/self/cgroup /proc/self/mounts
}

folders() { hierarchies | while read -r _ _ path mounted; do echo "$mounted${path%/}/$name"; done; }

remove_cgroups() {
	for folder in $places; do
		# What is killed at the end of a pid namespace leaves its cgroup within moments.
		tries=50
		while [ -d "$folder" ] && ! find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null; do
			tries=$((tries - 1))
			if [ $tries = 0 ]; then
				echo "stage.sh: $folder cannot be removed" >&2
				break
			fi
			sleep 0.1
		done
	done
}

places=$(folders)
trap remove_cgroups EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

for folder in $places; do
	mkdir "$folder"
	# A v1 cpuset takes no process before it has processors and memory nodes.
	for file in cpuset.cpus cpuset.mems; do
		if [ -e "$folder/$file" ] && [ -z "$(cat "$folder/$file")" ]; then cat "$folder/../$file" >"$folder/$file"; fi
	done
done

export STAGE_PLACES="$places" STAGE_PACKAGES="$packages" STAGE_INSTALLED="$installed" STAGE_HIERARCHIES="$(hierarchies)"
# Not exec: the cgroups are removed from outside.
sh -c 'for place in $STAGE_PLACES; do echo 0 >"$place/cgroup.procs"; done
	exec unshare --mount --propagation private --net --pid --fork --kill-child --ipc --uts --cgroup -- "$@"' \
	sh sh "$(dirname "$0")/inside.sh" "$@" &
child=$!
# A signal ends `wait`, not the child; kill-child takes its descendants along.
trap 'kill -KILL $child 2>/dev/null || :; remove_cgroups' EXIT
wait $child
