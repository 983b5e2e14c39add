import type { SystemdManager } from '../cgroup/systemd/manager.js';
import { resourceProperties } from '../plan/systemd/resource-properties.js';
import { infinity, type PropertyTarget, property, type UnitProperty } from '../plan/systemd/unit-property.js';
import { jsonText } from '../spec/json/text.js';
import type { Resources } from '../spec/types.js';
import type { ContainerRecord } from '../state/index.js';
import type { Engine } from './engine.js';
import { openSystemd } from './systemd.js';

/** A change of limits as systemd has to know of it. */
export class UnitChange implements Disposable {
	readonly #manager: SystemdManager;
	readonly #unit: string;
	readonly #target: PropertyTarget;
	#undo: UnitProperty[] = [];

	/** @returns undefined where systemd did not make the container's cgroup */
	static async open(engine: Engine, { cgroup }: ContainerRecord): Promise<UnitChange | undefined> {
		if (cgroup.unit === undefined) return undefined;
		const manager = await openSystemd(engine);
		const { version } = await manager.facts();
		return new UnitChange(manager, cgroup.unit, { version, unified: engine.facts().cgroup.mode === 'unified' });
	}

	private constructor(manager: SystemdManager, unit: string, target: PropertyTarget) {
		this.#manager = manager;
		this.#unit = unit;
		this.#target = target;
	}

	/**
	 * Sets the properties in which `after` differs. systemd then writes the files of the controllers in question, also
	 * those that it was told nothing of: they have to be written again.
	 *
	 * @returns whether there were any
	 */
	async apply(before: Resources, after: Resources): Promise<boolean> {
		const old = new Map(resourceProperties(before, this.#target).map((one) => [one.name, one]));
		const changed = resourceProperties(after, this.#target).filter((one) => !isSame(one, old.get(one.name)));
		if (changed.length === 0) return false;
		this.#undo = changed.flatMap((one) => backTo(old.get(one.name), one));
		await this.#manager.setProperties(this.#unit, changed);
		return true;
	}

	/** @returns what could not be put back */
	async rollBack(): Promise<Error[]> {
		if (this.#undo.length === 0) return [];
		try {
			await this.#manager.setProperties(this.#unit, this.#undo);
			return [];
		} catch (error) {
			return [error instanceof Error ? error : new Error(String(error))];
		}
	}

	[Symbol.dispose](): void {
		this.#manager[Symbol.dispose]();
	}
}

function isSame(one: UnitProperty, other: UnitProperty | undefined): boolean {
	return other !== undefined && jsonText(one) === jsonText(other);
}

// A list of devices is added to the one that is there; an empty one takes that away.
function backTo(old: UnitProperty | undefined, changed: UnitProperty): UnitProperty[] {
	if (old === undefined) return [unset(changed)];
	return old.signature.startsWith('a(') ? [unset(old), old] : [old];
}

/** What the property is without anybody having set it. */
function unset({ name, signature }: UnitProperty): UnitProperty {
	if (signature !== 't') return property(name, signature, []);
	return property(name, signature, name === 'MemoryLow' || name === 'MemoryMin' ? 0n : infinity);
}
