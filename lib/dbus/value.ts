/**
 * A value of a D-Bus type: numbers for integers up to 32 bits and doubles, bigint for 64 bits, text for strings, paths
 * and signatures, arrays for arrays and structures, pairs for the entries of dictionaries.
 */
export type DBusValue = boolean | number | bigint | string | DBusVariant | readonly DBusValue[];

/** A value that brings its type along. */
export interface DBusVariant {
	/** Of one complete type. */
	readonly signature: string;
	readonly value: DBusValue;
}
