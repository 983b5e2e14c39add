import type { Connection } from '../../dbus/connection.js';
import type { DBusValue } from '../../dbus/value.js';
import { TsrunError } from '../../errors/index.js';

/** How long systemd may take for a job; stopping a unit of which processes are left takes up to TimeoutStopSec. */
const jobLimitMs = 100_000;

/** Hears how jobs of systemd end. One that ends before anybody waits for it is remembered. */
export class JobWatch {
	readonly #results = new Map<string, string>();
	readonly #waiting = new Map<string, () => void>();

	constructor(connection: Connection) {
		connection.onSignal(({ interface: from, member, body: [, job, , result] }) => {
			if (from !== 'org.freedesktop.systemd1.Manager' || member !== 'JobRemoved') return;
			if (typeof job !== 'string' || typeof result !== 'string') return;
			this.#results.set(job, result);
			this.#waiting.get(job)?.();
		});
	}

	/**
	 * @param reply that named the job
	 * @throws TsrunError ERR_DBUS when the job was not done, ERR_TIMEOUT
	 */
	async done([job]: readonly DBusValue[], what: string): Promise<void> {
		if (typeof job !== 'string') throw new TsrunError('ERR_DBUS', `${what}: systemd names no job`);
		if (!this.#results.has(job)) await this.#end(job, what);
		const result = this.#results.get(job);
		this.#results.delete(job);
		if (result !== 'done') throw new TsrunError('ERR_DBUS', `${what}: the job ended with the result "${result}"`);
	}

	#end(job: string, what: string): Promise<void> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				settle(() => reject(new TsrunError('ERR_TIMEOUT', `${what}: the job did not end in ${jobLimitMs / 1000} s`)));
			}, jobLimitMs);
			const settle = (finish: () => void) => {
				clearTimeout(timer);
				this.#waiting.delete(job);
				finish();
			};
			this.#waiting.set(job, () => settle(resolve));
		});
	}
}
