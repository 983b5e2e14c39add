// What runs in the guest as a user with real engines.
import './podman-rootless.js';
