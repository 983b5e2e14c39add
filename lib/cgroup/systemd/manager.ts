import { Connection, type Reply } from '../../dbus/connection.js';
import type { DBusValue } from '../../dbus/value.js';
import { TsrunError } from '../../errors/index.js';
import type { SystemdFacts } from '../../host/facts.js';
import type { UnitProperty } from '../../plan/systemd/unit-property.js';
import { type Bus, buses, type ManagerKind } from './bus.js';
import { JobWatch } from './jobs.js';

const service = 'org.freedesktop.systemd1';
const path = '/org/freedesktop/systemd1';

/** One of the manager's methods, with the signature of its arguments. */
interface Call {
	readonly member: string;
	readonly signature?: string;
	readonly body?: readonly DBusValue[];
	/** Default: the manager's. */
	readonly interface?: string;
}

/** A conversation with systemd (org.freedesktop.systemd1(5)). */
export class SystemdManager implements Disposable {
	readonly kind: ManagerKind;
	readonly #connection: Connection;
	readonly #bus: Bus;
	#jobs: JobWatch | undefined;

	/**
	 * @param environment of the caller: where the session's bus is
	 * @throws TsrunError ERR_DBUS when it cannot be reached
	 */
	static async open(kind: ManagerKind, environment: Readonly<Record<string, string>>): Promise<SystemdManager> {
		const failures: TsrunError[] = [];
		for (const bus of buses(kind, environment)) {
			try {
				const manager = new SystemdManager(kind, await Connection.open(bus.path), bus);
				await manager.#greet();
				return manager;
			} catch (error) {
				if (!(error instanceof TsrunError)) throw error;
				failures.push(error);
			}
		}
		throw unreachable(kind, failures);
	}

	private constructor(kind: ManagerKind, connection: Connection, bus: Bus) {
		this.kind = kind;
		this.#connection = connection;
		this.#bus = bus;
	}

	/** What a plan has to know of it. */
	async facts(): Promise<SystemdFacts> {
		const [version, cgroup] = await Promise.all([this.#property('Version'), this.#property('ControlGroup')]);
		// "257.9-1~deb13u1", on some systems "v257".
		const number = Number.parseInt(version.replace(/^v/, ''), 10);
		if (Number.isNaN(number)) throw new TsrunError('ERR_DBUS', `systemd has a version of an unknown shape: ${version}`);
		return { manager: this.kind, version: number, cgroup: cgroup === '' ? '/' : cgroup };
	}

	/**
	 * Starts a scope with these processes, and waits until they are in its cgroup. A failed unit of that name, of which
	 * nothing but the name is left, is forgotten first.
	 *
	 * @throws TsrunError ERR_DBUS
	 */
	async startScope(unit: string, properties: readonly UnitProperty[], pids: readonly number[]): Promise<void> {
		const list = [...properties.map(pair), ['PIDs', { signature: 'au', value: pids }]];
		const call = { member: 'StartTransientUnit', signature: 'ssa(sv)a(sa(sv))', body: [unit, 'fail', list, []] };
		const what = `cannot start the unit ${unit}`;
		const jobs = await this.#watchJobs();
		let reply = await this.#call(call);
		if (!reply.ok && reply.name === `${service}.UnitExists`) {
			await this.#call({ member: 'ResetFailedUnit', signature: 's', body: [unit] });
			reply = await this.#call(call);
		}
		await jobs.done(accepted(reply, what), what);
	}

	/**
	 * Changes properties of a unit that runs, and waits until its cgroup has them.
	 *
	 * @throws TsrunError ERR_DBUS
	 */
	async setProperties(unit: string, properties: readonly UnitProperty[]): Promise<void> {
		const body = [unit, true, properties.map(pair)];
		const reply = await this.#call({ member: 'SetUnitProperties', signature: 'sba(sv)', body });
		accepted(reply, `cannot change the unit ${unit}`);
		// They are written to the cgroup after the reply, but before another message is read: systemd's loop works off what
		// is to be done for units between any two events.
		await this.#call({ member: 'Ping', interface: 'org.freedesktop.DBus.Peer' });
	}

	/**
	 * Puts processes in a unit's cgroup, which their own user may not be allowed to.
	 *
	 * @param below path of a cgroup in the unit's; `/` for itself
	 */
	async attach(unit: string, below: string, pids: readonly number[]): Promise<void> {
		const body = [unit, below, pids];
		const reply = await this.#call({ member: 'AttachProcessesToUnit', signature: 'ssau', body });
		accepted(reply, `cannot put a process in the unit ${unit}`);
	}

	/** Ends a unit, if it is there, waits until it has gone, and has its name forgotten. */
	async stopUnit(unit: string): Promise<void> {
		const what = `cannot stop the unit ${unit}`;
		const jobs = await this.#watchJobs();
		const reply = await this.#call({ member: 'StopUnit', signature: 'ss', body: [unit, 'replace'] });
		if (reply.ok || reply.name !== `${service}.NoSuchUnit`) await jobs.done(accepted(reply, what), what);
		// It says NoSuchUnit where the unit has not failed and so is gone by now.
		const forgotten = await this.#call({ member: 'ResetFailedUnit', signature: 's', body: [unit] });
		if (!forgotten.ok && forgotten.name !== `${service}.NoSuchUnit`) accepted(forgotten, what);
	}

	[Symbol.dispose](): void {
		this.#connection[Symbol.dispose]();
	}

	async #greet(): Promise<void> {
		if (this.#bus.direct) return;
		const reply = await this.#connection.call({
			destination: 'org.freedesktop.DBus',
			path: '/org/freedesktop/DBus',
			interface: 'org.freedesktop.DBus',
			member: 'Hello',
		});
		accepted(reply, `cannot use the bus ${this.#bus.path}`);
	}

	/** To be called before the call that makes a job: its end may come with the reply. */
	async #watchJobs(): Promise<JobWatch> {
		if (this.#jobs !== undefined) return this.#jobs;
		const jobs = new JobWatch(this.#connection);
		if (!this.#bus.direct) {
			const rule = `type='signal',sender='${service}',path='${path}',interface='${service}.Manager',member='JobRemoved'`;
			const reply = await this.#connection.call({
				destination: 'org.freedesktop.DBus',
				path: '/org/freedesktop/DBus',
				interface: 'org.freedesktop.DBus',
				member: 'AddMatch',
				signature: 's',
				body: [rule],
			});
			accepted(reply, 'cannot listen to systemd');
		}
		// Without a subscriber it sends no signals.
		accepted(await this.#call({ member: 'Subscribe' }), 'cannot listen to systemd');
		this.#jobs = jobs;
		return jobs;
	}

	async #property(name: string): Promise<string> {
		const reply = await this.#call({
			interface: 'org.freedesktop.DBus.Properties',
			member: 'Get',
			signature: 'ss',
			body: [`${service}.Manager`, name],
		});
		const [variant] = accepted(reply, `cannot ask systemd for its ${name}`);
		const value = typeof variant === 'object' && 'value' in variant ? variant.value : undefined;
		if (typeof value !== 'string') throw new TsrunError('ERR_DBUS', `systemd says nothing of its ${name}`);
		return value;
	}

	#call(call: Call): Promise<Reply> {
		const { interface: asked = `${service}.Manager`, ...rest } = call;
		const destination = this.#bus.direct ? {} : { destination: service };
		return this.#connection.call({ ...destination, path, interface: asked, ...rest });
	}
}

function pair({ name, signature, value }: UnitProperty): DBusValue {
	return [name, { signature, value }];
}

/** @throws TsrunError ERR_DBUS with the words of the other side */
function accepted(reply: Reply, what: string): readonly DBusValue[] {
	if (reply.ok) return reply.body;
	throw new TsrunError('ERR_DBUS', `${what}: ${reply.message || reply.name}`);
}

function unreachable(kind: ManagerKind, failures: readonly TsrunError[]): TsrunError {
	const [first] = failures;
	const reasons = failures.map(({ message }) => message).join('; ');
	const hint =
		kind === 'system'
			? 'Without systemd as the init of the machine, leave out --systemd-cgroup.'
			: 'It takes a session of the user: log in, or loginctl enable-linger, with XDG_RUNTIME_DIR set.';
	return new TsrunError(
		'ERR_DBUS',
		`systemd of the ${kind} cannot be reached: ${reasons || 'nobody says where it is'}`,
		{
			errno: first?.errno,
			syscall: first?.syscall,
			path: first?.path,
			hint,
			cause: first,
		},
	);
}
