// What runs in the guest as a user, in a session.
import './rootless.js';
import './rootless-page.js';
