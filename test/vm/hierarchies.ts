// What runs in the guest where it has booted as a machine of cgroup v1, with the unified hierarchy beside it or without.
import './hierarchies-controllers.js';
import './hierarchies-systemd.js';
