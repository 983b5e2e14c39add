import type { Plan } from '../plan/plan.js';
import type { InitStep, Step } from '../plan/step.js';
import { type FieldType, initOperations } from '../plan/tables/operations.js';
import type { Seccomp } from '../spec/types.js';
import { viewOf } from './view-of.js';

// addon/wire/messages.h: TSRUN_PROGRAM_MAGIC, TSRUN_WIRE_VERSION, TSRUN_NO_FD, TSRUN_TIMED.
const programMagic = 0x4e555254;
const wireVersion = 1;
const noDescriptor = 0xffffffff;
const timedFlag = 1;

/** What {@link encodeProgram} cannot know from the plan alone. */
export interface EncodeContext {
	/** Index of each descriptor in the list that the helper is handed; null for one that it opens itself. */
	readonly slots: ReadonlyMap<string, number | null>;
	compileSeccomp(profile: Seccomp): Uint8Array;
	/** Have the helper tell when each operation has ended. */
	readonly timed?: boolean;
}

/** A program with the place of each step's record in it, and of what comes after the last. */
interface Encoded {
	readonly steps: readonly Step[];
	readonly slots: string;
	readonly places: readonly number[];
	readonly bytes: Buffer;
}

// By the last step of its plan. The steps that plans of one config share (PlanMemory) are the same objects at the same index:
// their records are, too.
const programs = new WeakMap<Step, Encoded>();

/**
 * The init half of a plan as the bytes that the helper reads (addon/wire/messages.h).
 *
 * @throws RangeError when a step names a descriptor that no host step opens: a fault of the plan, not of its input
 */
export function encodeProgram({ steps }: Pick<Plan, 'steps'>, context: EncodeContext): Uint8Array {
	const writer = new ByteWriter();
	writer.u32(programMagic);
	writer.u32(wireVersion);
	const count = writer.reserve();
	writer.u32(context.timed === true ? timedFlag : 0);
	const slots = [...context.slots].join();
	const end = steps.at(-1);
	const before = end && programs.get(end);
	const known = before?.slots === slots ? before : undefined;
	const places: number[] = [];
	let records = 0;
	for (const [index, step] of steps.entries()) {
		places.push(writer.length);
		if (step.actor !== 'init') continue;
		records++;
		if (known?.steps[index] === step && step.operation !== 'seccomp') {
			writer.copy(known.bytes, known.places[index] ?? 0, known.places[index + 1] ?? 0);
			continue;
		}
		const length = writer.record(initOperations[step.operation].id, index);
		const start = writer.length;
		writeFields(writer, step, context);
		writer.fill(length, writer.length - start);
	}
	places.push(writer.length);
	writer.fill(count, records);
	const bytes = writer.bytes();
	if (end !== undefined) programs.set(end, { steps, slots, places, bytes });
	return bytes;
}

function writeFields(writer: ByteWriter, step: InitStep, context: EncodeContext): void {
	const fields: Record<string, FieldType> = initOperations[step.operation].fields;
	const args: Record<string, unknown> = { ...step.args };
	for (const name in fields) {
		const type = fields[name];
		if (type !== undefined) writeField[type](writer, args[name] as never, context);
	}
}

const slotIndex = (name: string, { slots }: EncodeContext): number => {
	const index = slots.get(name);
	if (index === undefined) throw new RangeError(`the plan uses the descriptor ${name} and never opens it`);
	return index ?? noDescriptor;
};

const writeField = {
	u32: (writer: ByteWriter, value: number) => writer.u32(value),
	u64: (writer: ByteWriter, value: bigint) => writer.u64(value),
	i64: (writer: ByteWriter, value: bigint) => writer.u64(BigInt.asUintN(64, value)),
	str: (writer: ByteWriter, value: string) => writer.text(value),
	bytes: (writer: ByteWriter, value: Uint8Array | Seccomp, context: EncodeContext) =>
		writer.blob(value instanceof Uint8Array ? value : context.compileSeccomp(value)),
	strs: (writer: ByteWriter, value: readonly string[]) => writer.list(value, (item) => writer.text(item)),
	u32s: (writer: ByteWriter, value: readonly number[]) => writer.list(value, (item) => writer.u32(item)),
	u64s: (writer: ByteWriter, value: readonly bigint[]) => writer.list(value, (item) => writer.u64(item)),
	fd: (writer: ByteWriter, value: string | null, context: EncodeContext) =>
		writer.u32(value === null ? noDescriptor : slotIndex(value, context)),
	fds: (writer: ByteWriter, value: readonly string[], context: EncodeContext) =>
		writer.list(value, (item) => writer.u32(slotIndex(item, context))),
} satisfies Record<FieldType, (writer: ByteWriter, value: never, context: EncodeContext) => void>;

// More than what the numbers of a record take that are in no list.
const roomOfNumbers = 512;

/**
 * A growing little-endian buffer. A program has 400 numbers, and none of these calls is compiled to machine code in a process that
 * writes one: there is room for a number wherever one is written, without asking each time.
 */
class ByteWriter {
	#buffer = Buffer.allocUnsafe(8192);
	#view = viewOf(this.#buffer);
	length = 0;

	u32(value: number): void {
		if (value >>> 0 !== value) throw new RangeError(`${value} is out of range for 32 bits`);
		this.#view.setUint32(this.length, value, true);
		this.length += 4;
	}

	u64(value: bigint): void {
		if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} is out of range for 64 bits`);
		this.#view.setBigUint64(this.length, value, true);
		this.length += 8;
	}

	/** Length, bytes and a NUL, so that the helper can use the text where it lies. */
	text(value: string): void {
		// No character of UTF-16 has more than three bytes in UTF-8.
		this.#grow(3 * value.length);
		const place = this.reserve();
		const size = this.#buffer.write(value, this.length);
		this.fill(place, size);
		this.length += size;
		this.#buffer[this.length++] = 0;
	}

	blob(value: Uint8Array): void {
		this.u32(value.length);
		this.#grow(value.length);
		this.#buffer.set(value, this.length);
		this.length += value.length;
	}

	list<Item>(items: readonly Item[], write: (item: Item) => void): void {
		this.u32(items.length);
		for (const item of items) {
			this.#grow(0);
			write(item);
		}
	}

	copy(source: Buffer, from: number, to: number): void {
		this.#grow(to - from);
		this.length += source.copy(this.#buffer, this.length, from, to);
	}

	/** The head of a record; returns the place of its length for {@link fill}. */
	record(operation: number, index: number): number {
		this.#grow(0);
		this.u32(operation);
		this.u32(index);
		return this.reserve();
	}

	/** Leaves room for a u32 that is known later; returns its place for {@link fill}. */
	reserve(): number {
		this.u32(0);
		return this.length - 4;
	}

	fill(place: number, value: number): void {
		this.#view.setUint32(place, value, true);
	}

	bytes(): Buffer {
		return this.#buffer.subarray(0, this.length);
	}

	/** Room for so many bytes, and for the numbers until the next call. */
	#grow(by: number): void {
		const needed = this.length + by + roomOfNumbers;
		if (needed <= this.#buffer.length) return;
		const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, needed));
		this.#buffer.copy(larger, 0, 0, this.length);
		this.#buffer = larger;
		this.#view = viewOf(larger);
	}
}
