// What runs in the guest as root.
import './apparmor.js';
import './block-io.js';
import './cgroup-mount.js';
import './checkpoint.js';
import './checkpoint-cgroups.js';
import './checkpoint-hostile.js';
import './checkpoint-lazy.js';
import './checkpoint-page.js';
import './controllers.js';
import './doctor.js';
import './events.js';
import './network-devices.js';
import './notify.js';
import './rdma.js';
import './systemd.js';
import './updates.js';
