#!/bin/sh
# Makes a checkout ready for building and testing: Debian packages, node_modules, dist. Does only what is missing.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; then
	say 'Node.js 20.19 or newer with npm is needed'
	exit 1
fi

missing=
# need PACKAGE COMMAND...: the package is missing when the command fails
need() {
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}
has_seccomp() { [ -e /usr/include/seccomp.h ] && find /usr/lib -name libseccomp.a | grep -q .; }
# The package busybox has a program of the same name that needs libc, which a rootfs of ours does not have.
has_static_busybox() { command -v busybox && ! ldd "$(command -v busybox)" | grep -q '=>'; }

need gcc command -v gcc
need g++ command -v g++
need make sh -c 'command -v make || command -v ninja'
need cmake command -v cmake
need linux-libc-dev test -e /usr/include/linux/openat2.h
need musl-tools command -v musl-gcc
need libseccomp-dev has_seccomp
need clang-format command -v clang-format
need busybox-static has_static_busybox
need strace command -v strace
need procps command -v ps
# Without them, the tests that drive a terminal, other shells and readers of what we print are skipped.
need tmux command -v tmux
need zsh command -v zsh
need fish command -v fish
need mandoc command -v mandoc
need man-db command -v man
# Those of ordinary users with more ids than their own, and of checkpoints: where CRIU is too old for the kernel, what is found out before it.
need uidmap command -v newuidmap
need criu command -v criu
# Of file systems whose ids are mapped.
need xfsprogs command -v mkfs.xfs
need btrfs-progs command -v mkfs.btrfs
need erofs-utils command -v mkfs.erofs
need squashfs-tools command -v mksquashfs
need iproute2 command -v ip
need python3-prometheus-client /usr/bin/python3 -c 'import prometheus_client.openmetrics'
need util-linux sh -c 'command -v unshare && command -v flock'

if [ -n "$missing" ]; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		say "installing$missing"
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -qq
		# shellcheck disable=SC2086 # a list of words
		apt-get install -y -qq --no-install-recommends $missing >&2
	else
		say "these Debian packages (or their like) are missing, and only root can install them with apt-get:$missing"
		say 'going on; what needs them will fail or be skipped'
	fi
fi

if [ ! -e node_modules/.package-lock.json ] || [ -n "$(find package-lock.json -newer node_modules/.package-lock.json)" ]; then
	# No package's script has to run: the one that would matter, bun's, only moves its executable, and scripts/build/bun.mjs
	# finds it in either place.
	say 'npm ci'
	npm ci --ignore-scripts --no-audit --no-fund >&2
fi

node scripts/build.mjs
