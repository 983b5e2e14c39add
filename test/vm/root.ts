// What runs in the guest as root.
import './apparmor.js';
import './checkpoint.js';
import './controllers.js';
import './doctor.js';
import './network-devices.js';
import './notify.js';
import './systemd.js';
