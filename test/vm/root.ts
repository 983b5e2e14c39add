// What runs in the guest as root.
import './controllers.js';
import './systemd.js';
