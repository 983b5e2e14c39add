import type { Spec } from '../../spec/types.js';
import type { Examination } from '../examination.js';
import type { BundleFault } from '../report.js';

/** What a check looks at. */
export interface Inspection {
	readonly spec: Spec;
	/** Absolute. */
	readonly bundle: string;
	/** Absolute path of the root file system. */
	readonly rootfs: string;
	readonly examination: Examination;
}

/** Says what would fail, without making anything. */
export type Check = (inspection: Inspection) => Iterable<BundleFault> | Promise<Iterable<BundleFault>>;
