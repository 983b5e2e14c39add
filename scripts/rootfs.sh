#!/bin/sh
# Makes a root filesystem of Debian's static busybox: rootfs.sh DIRECTORY. Every applet is a symlink in /bin; there are two users.
set -eu

target=${1:?usage: rootfs.sh DIRECTORY}
if [ -e "$target" ]; then
	echo "rootfs.sh: $target exists already" >&2
	exit 1
fi

# A dynamic busybox would look for its libc inside the container.
for busybox in /bin/busybox /usr/bin/busybox ''; do
	if [ -x "$busybox" ] && ! ldd "$busybox" 2>/dev/null | grep -q '=>'; then break; fi
done
if [ -z "$busybox" ]; then
	echo 'rootfs.sh: no static busybox on this machine (Debian: busybox-static)' >&2
	exit 1
fi

umask 022
new="$target.new.$$"
trap 'rm -rf "$new"' EXIT
for folder in bin dev etc home/user proc root run sys tmp usr var; do mkdir -p "$new/$folder"; done
chmod 1777 "$new/tmp"
cp "$busybox" "$new/bin/busybox"
for applet in $("$busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$new/bin/$applet"; done
printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' >"$new/etc/passwd"
printf 'root:x:0:\nuser:x:1000:\n' >"$new/etc/group"
# In one step, so that nobody ever sees half of it.
mv -T "$new" "$target"
