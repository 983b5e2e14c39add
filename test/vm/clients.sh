# Runs a command in the guest where the engines of Debian's packages are laid over /usr and /etc, and tsrun over /usr/local:
# clients.sh root|user COMMAND...; as the guest's user, in a cgroup of the session, with `user`.
set -eu
who=$1
shift
if [ -z "${TSRUN_GUEST_MOUNTS-}" ]; then
	export TSRUN_GUEST_MOUNTS=private
	exec unshare --mount --propagation private -- sh "$0" "$who" "$@"
fi

over=/run/tsrun-guest
mkdir "$over"
mount -t tmpfs tmpfs "$over"
mkdir "$over/etc" "$over/etc.work"
mount -t overlay -o "lowerdir=$TSRUN_GUEST_PACKAGES/usr:/usr" overlay /usr
mount -t overlay -o "lowerdir=$TSRUN_GUEST_INSTALLED:/usr/local" overlay /usr/local
mount -t overlay -o "lowerdir=$TSRUN_GUEST_PACKAGES/etc:/etc,upperdir=$over/etc,workdir=$over/etc.work" overlay /etc
if [ "$who" = root ]; then
	export TSRUN_STAGE_WORK=/root/stage
	exec "$@"
fi

uid=1000
session=/sys/fs/cgroup/user.slice/user-$uid.slice/user@$uid.service
systemctl start "user@$uid.service"
mkdir "$session/tsrun-guest"
chown "$uid" "$session/tsrun-guest" "$session/tsrun-guest/cgroup.procs"
echo $$ >"$session/tsrun-guest/cgroup.procs"
HOME=$(getent passwd "$uid" | cut -d: -f6)
USER=$(id -un "$uid")
XDG_RUNTIME_DIR=/run/user/$uid
# A group of the user's beside the first: a container may keep it.
echo "tsrun-guest:x:4242:$USER" >>/etc/group
export HOME USER XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS="unix:path=$XDG_RUNTIME_DIR/bus" TSRUN_STAGE_WORK="$HOME/stage"
cd "$HOME"
exec setpriv --reuid="$uid" --regid="$uid" --init-groups -- "$@"
