# Runs a command as the guest's user while the session of that user runs elsewhere.
set -eu
uid=1000
systemctl start "user@$uid.service"
export HOME=$(getent passwd "$uid" | cut -d: -f6) XDG_RUNTIME_DIR=/run/user/$uid
cd "$HOME"
exec setpriv --reuid="$uid" --regid="$uid" --init-groups -- "$@"
