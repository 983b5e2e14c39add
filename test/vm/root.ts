// What runs in the guest as root.
import './apparmor.js';
import './controllers.js';
import './systemd.js';
