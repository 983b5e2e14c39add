#!/bin/sh
# The inner half of stage.sh: process 1 of the new namespaces. It sets the mounts up, runs the command, and reaps what engines orphan.
set -eu

# As systemd leaves the mounts of a machine, in groups of the stage's own. Podman starts conmon of a container with mapped ids in a mount
# namespace of its own and counts on it: what conmon's clean-up unmounts there has to go in Podman's as well, otherwise
# `podman rm` finds userdata/shm still mounted whenever conmon was first, and fails with EBUSY (7 of 24 times with Podman 4.3).
mount --make-rshared /
mount -t proc proc /proc
hostname stage

# sysfs shows the network namespace it was mounted in.
mount -t sysfs sysfs /sys
layout=$(echo "$STAGE_HIERARCHIES" | awk '$4 != "/sys/fs/cgroup"')
if [ -n "$layout" ]; then mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup; fi
echo "$STAGE_HIERARCHIES" | while read -r type options _ mounted; do
	mkdir -p "$mounted"
	# A named hierarchy is name=NAME in /proc/self/cgroup and needs `none` in front.
	case $options in name=*) options=none,$options ;; esac
	mount -t "$type" -o "nosuid,nodev,noexec,$options" cgroup "$mounted"
	if [ "$type" = cgroup2 ] && [ -n "$(cat "$mounted/cgroup.controllers")" ]; then
		# cgroup v2 gives controllers only to children of cgroups without processes of their own.
		mkdir "$mounted/stage"
		echo 0 >"$mounted/stage/cgroup.procs"
	fi
done

mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
mkdir /run/etc /run/etc.work
mount -t overlay -o "lowerdir=$STAGE_PACKAGES/usr:/usr" overlay /usr
mount -t overlay -o "lowerdir=$STAGE_INSTALLED:/usr/local" overlay /usr/local
# Writable: Docker keeps a key in /etc/docker.
mount -t overlay -o "lowerdir=$STAGE_PACKAGES/etc:/etc,upperdir=/run/etc,workdir=/run/etc.work" overlay /etc
ip link set lo up

unset STAGE_HIERARCHIES STAGE_PACKAGES STAGE_INSTALLED STAGE_PLACES
# Not exec: as process 1 a shell collects the orphans while it waits.
"$@"
