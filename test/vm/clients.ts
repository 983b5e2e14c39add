// What runs in the guest as root with real engines: they have systemd make the cgroups.
import './containerd-systemd.js';
import './docker-nested.js';
import './docker-systemd.js';
import './podman-systemd.js';
