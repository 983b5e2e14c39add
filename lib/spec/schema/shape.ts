/**
 * What a value of a config.json may be, as plain data. Two readers go by it: accept.ts, which takes a value that is as it
 * should be, and zod.ts, which makes zod's schema of it and has zod tell everything that is wrong with one that is not. A
 * schema library costs a program that lives for ten milliseconds two of them for its own start, and configs are sound as a
 * rule; that both agree is a law (test/laws/accept.test.ts).
 */
export type Shape<Output = unknown> =
	| Scalar<Output>
	| List<Output>
	| Optional<Output>
	| Defaulted<Output>
	| ArrayOf<Output>
	| MapOf<Output>
	| ObjectOf<Output>
	| Prepared<Output>;

/** Carries the type of what a shape's values become; there is no such member. */
declare const output: unique symbol;

interface Typed<Output> {
	readonly [output]?: Output;
}

export type OutputOf<Of> = Of extends Typed<infer Output> ? Output : never;

/** Says in a fault sentence what is wrong with an input, undefined when nothing is. */
export type FaultOf = (input: unknown) => string | undefined;

/** A JSON value that is judged as a whole. */
export interface Scalar<Output> extends Typed<Output> {
	readonly kind: 'scalar';
	readonly faultOf: FaultOf;
	/** What is said where it is missing; `is required` by default. */
	readonly missing?: string;
	readonly convert: (input: unknown) => unknown;
}

/** An array of scalars that stay as they are. */
export interface List<Output> extends Typed<Output> {
	readonly kind: 'list';
	readonly faultOf: FaultOf;
	/** As of a scalar. */
	readonly missing?: string;
	/** How many there have to be. */
	readonly least: number;
}

export interface Optional<Output> extends Typed<Output> {
	readonly kind: 'optional';
	readonly inner: Shape;
}

/** Takes the place of a member that is absent. */
export interface Defaulted<Output> extends Typed<Output> {
	readonly kind: 'defaulted';
	readonly inner: Shape;
	readonly make: () => unknown;
}

export interface ArrayOf<Output> extends Typed<Output> {
	readonly kind: 'array';
	readonly element: Shape;
}

/** An object whose member names are data. */
export interface MapOf<Output> extends Typed<Output> {
	readonly kind: 'map';
	readonly value: Shape;
}

export interface ObjectOf<Output> extends Typed<Output> {
	readonly kind: 'object';
	readonly members: Readonly<Record<string, Shape>>;
	/** Whether unknown members are faults; they are dropped otherwise (config.md, "Extensibility"). */
	readonly strict: boolean;
}

/** A value that something is done to before it is looked at. */
export interface Prepared<Output> extends Typed<Output> {
	readonly kind: 'prepared';
	readonly prepare: (input: unknown) => unknown;
	readonly inner: Shape;
}

/** The same value, whose faults begin with its name: for those whose engines and users know them by such a phrase. */
export function named<Of extends Scalar<unknown> | List<unknown>>(name: string, { faultOf, ...value }: Of): Of {
	const told = (fault: string | undefined) => (fault === undefined ? undefined : `invalid ${name}: ${fault}`);
	return { ...value, faultOf: (input: unknown) => told(faultOf(input)), missing: told('is required') } as unknown as Of;
}

type Members = Readonly<Record<string, Shape>>;

type Absentable<Of extends Members> = {
	[Name in keyof Of]: Of[Name]['kind'] extends 'optional' ? Name : never;
}[keyof Of];

type ObjectOutput<Of extends Members> = Plain<
	{ [Name in Exclude<keyof Of, Absentable<Of>>]: OutputOf<Of[Name]> } & {
		[Name in Absentable<Of>]?: OutputOf<Of[Name]>;
	}
>;

type Plain<Of> = { [Name in keyof Of]: Of[Name] };

export function optional<Inner extends Shape>(inner: Inner): Optional<OutputOf<Inner> | undefined> {
	return { kind: 'optional', inner };
}

export function defaulted<Inner extends Shape>(inner: Inner, make: () => OutputOf<Inner>): Defaulted<OutputOf<Inner>> {
	return { kind: 'defaulted', inner, make };
}

export function array<Element extends Shape>(element: Element): ArrayOf<OutputOf<Element>[]> {
	return { kind: 'array', element };
}

export function map<Value extends Shape>(value: Value): MapOf<Record<string, OutputOf<Value>>> {
	return { kind: 'map', value };
}

export function object<const Of extends Members>(members: Of): ObjectOf<ObjectOutput<Of>> {
	return { kind: 'object', members, strict: false };
}

export function strictObject<const Of extends Members>(members: Of): ObjectOf<ObjectOutput<Of>> {
	return { kind: 'object', members, strict: true };
}

export function prepared<Inner extends Shape>(
	prepare: (input: unknown) => unknown,
	inner: Inner,
): Prepared<OutputOf<Inner>> {
	return { kind: 'prepared', prepare, inner };
}
