import type { CreateRequest } from './shape.js';

/** Where the container's program finds it; runc's place, which images know. */
const inContainer = '/run/notify';

/** Name of the socket in its directory. */
export const notifySocketName = 'notify.sock';

/**
 * The request with what lets the program say that it is ready: a bind mount, and the variable that leads there. The
 * directory is mounted, not the socket, which is made by whoever starts the container.
 */
export function withNotifySocket(request: CreateRequest): CreateRequest {
	const { spec, options } = request;
	const { notifyDirectory } = options;
	if (notifyDirectory === undefined || spec.process === undefined) return request;
	const mount = {
		destination: inContainer,
		type: 'bind',
		source: notifyDirectory,
		options: ['bind', 'nosuid', 'noexec', 'nodev', 'ro'],
	};
	const variable = `NOTIFY_SOCKET=${inContainer}/${notifySocketName}`;
	return {
		...request,
		spec: {
			...spec,
			mounts: [...(spec.mounts ?? []), mount],
			process: { ...spec.process, env: [...(spec.process.env ?? []), variable] },
		},
	};
}
