import type { IntelRdt } from '../../spec/types.js';
import type { Shape } from '../shape.js';
import { type HostOperations, host, type Step } from '../step.js';

const at = '/linux/intelRdt';

/** The container's groups in resctrl. */
export interface ResctrlGroups {
	/** Where resctrl is mounted: the default group. */
	readonly root: string;
	/** Of control: what its processes may have of caches and of bandwidth to memory. */
	readonly directory: string;
	/** Of monitoring, where one is asked for. */
	readonly monitor: string | null;
}

/** @returns null where nothing is asked of resctrl, or there is none */
export function resctrlGroups({ spec, facts, id }: Pick<Shape, 'spec' | 'facts' | 'id'>): ResctrlGroups | null {
	const asked = spec.linux?.intelRdt;
	const root = facts.resctrl;
	if (asked === undefined || root === undefined) return null;
	const directory = asked.closID === '/' ? root : `${root}/${asked.closID || id}`;
	return { root, directory, monitor: asked.enableMonitoring === true ? `${directory}/mon_groups/${id}` : null };
}

/** The groups, before there is a process to put in them (config-linux.md, "IntelRdt"). */
export function* resctrlStage(shape: Shape): Generator<Step> {
	const groups = resctrlGroups(shape);
	const asked = shape.spec.linux?.intelRdt;
	if (groups === null || asked === undefined) return;
	const lines = schemataLines(asked);
	const { directory, monitor } = groups;
	const existing = expectation(asked, lines);
	yield host('make_resctrl_group', { directory, monitor, lines, existing, kept: !!asked.closID }, at);
}

/** The process enters them while it waits to be placed; what it forks is in them by that. */
export function* enterResctrlStage(groups: ResctrlGroups | null): Generator<Step> {
	if (groups === null) return;
	const { directory, monitor } = groups;
	// A group of monitoring takes only tasks that are in the group of control above it.
	const directories = [directory, ...(monitor === null ? [] : [monitor])];
	yield host('enter_resctrl_group', { directories }, at);
}

/** What is written, in the order that the specification wants. */
export function schemataLines({ l3CacheSchema, memBwSchema, schemata }: IntelRdt): string[] {
	const texts = [l3CacheSchema ?? '', memBwSchema ?? '', ...(schemata ?? [])];
	return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

function expectation({ closID }: IntelRdt, lines: readonly string[]): HostOperations['make_resctrl_group']['existing'] {
	if (!closID) return 'used';
	return lines.length === 0 ? 'required' : 'compared';
}
