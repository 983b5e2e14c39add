import type { DoctorReport, Finding, Status } from '../lib/index.js';

const marks: Readonly<Record<Status, string>> = {
	works: 'ok',
	limited: 'limited',
	missing: 'missing',
	unknown: 'unknown',
};
const markWidth = 9;
const subjectWidth = 26;
const margin = ' '.repeat(2 + markWidth);

/** The report for a person: what was found topic by topic, what stands in the way, and the faults of the bundle. */
export function doctorText(report: DoctorReport): string {
	const { version, kernel, architecture, uid, inUserNamespace, findings, obstacles, able, bundle } = report;
	const who = `${uid === 0 ? 'root' : `user ${uid}`}${inUserNamespace ? ' of a user namespace' : ''}`;
	const lines = [`tsrun ${version} on Linux ${kernel}, ${architecture}, as ${who}`];
	for (const [topic, found] of byTopic(findings)) lines.push('', topic, ...found.flatMap(findingLines));
	lines.push('', conclusion(able, findings));
	if (obstacles.length > 0) {
		lines.push('', 'in the way');
		for (const { layer, forbids, evidence, remedy } of obstacles) {
			lines.push(`  ${layer}: ${forbids}`, `    seen:  ${evidence}`, `    to do: ${remedy}`);
		}
	}
	if (bundle !== undefined) lines.push('', ...bundleLines(bundle));
	return `${lines.join('\n')}\n`;
}

function conclusion(able: boolean, findings: readonly Finding[]): string {
	if (!able) return 'A container as "tsrun spec" describes it cannot be made here.';
	const [usual] = findings.filter(({ topic }) => topic === 'container');
	if (usual?.status === 'works') return 'Containers can be made here.';
	return 'Containers can be made here with "tsrun spec --rootless" and "tsrun --rootless true".';
}

function byTopic(findings: readonly Finding[]): Map<string, Finding[]> {
	const topics = new Map<string, Finding[]>();
	for (const finding of findings) topics.set(finding.topic, [...(topics.get(finding.topic) ?? []), finding]);
	return topics;
}

function findingLines({ status, subject, found, cost, remedy }: Finding): string[] {
	return [
		`  ${marks[status].padEnd(markWidth)}${subject.padEnd(subjectWidth)} ${found}`,
		...(cost === undefined ? [] : [`${margin}costs: ${cost}`]),
		...(remedy === undefined ? [] : [`${margin}to do: ${remedy}`]),
	];
}

function bundleLines({ path, faults }: NonNullable<DoctorReport['bundle']>): string[] {
	if (faults.length === 0) return [`${path}: nothing of it would fail here, as far as can be told before.`];
	return [
		`${path}: ${faults.length === 1 ? 'one thing' : `${faults.length} things`} would fail here`,
		...faults.flatMap(({ pointer, where, message, hint }) => {
			const place = where === undefined ? '' : `${where.file}:${where.line}:${where.column}: `;
			const what = pointer === '' ? message : `${pointer}: ${message}`;
			return [`  ${place}${what}`, ...(hint === undefined ? [] : [`    to do: ${hint}`])];
		}),
	];
}
