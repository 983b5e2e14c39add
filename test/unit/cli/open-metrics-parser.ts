/** A family of metrics, as OpenMetrics 1.0 defines it. */
export interface Family {
	readonly name: string;
	readonly type: string;
	readonly samples: { readonly name: string; readonly labels: Record<string, string>; readonly value: string }[];
}

/** Of these two alone, which readers of the text format before OpenMetrics know as well. */
const suffixes: Readonly<Record<string, string>> = { counter: '_total', gauge: '' };

/** Reads a page by the rules that the specification has for the types we use; throws for what breaks one. */
export function parseOpenMetrics(page: string): Family[] {
	if (!page.endsWith('# EOF\n')) throw new Error('the page does not end with # EOF');
	const families: Family[] = [];
	const seen = new Set<string>();
	for (const line of page.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
		const described = /^# (TYPE|UNIT|HELP) ([a-z_]+) (.+)$/.exec(line);
		if (described === null) {
			addSample(families.at(-1), line, seen);
			continue;
		}
		const [, kind, name = '', text = ''] = described;
		if (kind === 'TYPE') families.push(newFamily(families, name, text));
		else if (families.at(-1)?.name !== name) throw new Error(`${line}: not in its family`);
		else if (kind === 'UNIT' && !name.endsWith(`_${text}`))
			throw new Error(`${line}: the name does not end with the unit`);
	}
	return families;
}

function newFamily(families: readonly Family[], name: string, type: string): Family {
	if (families.some((family) => family.name === name)) throw new Error(`${name} is there twice`);
	if (suffixes[type] === undefined) throw new Error(`${name}: unknown type ${type}`);
	return { name, type, samples: [] };
}

function addSample(family: Family | undefined, line: string, seen: Set<string>): void {
	const parts = /^([a-z_]+)(?:\{(.*)\})? (\+Inf|\d+(?:\.\d+)?)$/.exec(line);
	if (family === undefined || parts === null) throw new Error(`${line}: no sample`);
	const [, name = '', list = '', value = ''] = parts;
	if (name !== `${family.name}${suffixes[family.type]}`) throw new Error(`${line}: not of ${family.name}`);
	if (seen.has(`${name}{${list}}`)) throw new Error(`${line}: twice`);
	seen.add(`${name}{${list}}`);
	family.samples.push({ name, labels: labelsOf(list), value });
}

const pair = /([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;

function labelsOf(list: string): Record<string, string> {
	const labels: Record<string, string> = {};
	for (pair.lastIndex = 0; pair.lastIndex < list.length; ) {
		const start = pair.lastIndex;
		const [, name, value] = pair.exec(list) ?? [];
		if (name === undefined || value === undefined) throw new Error(`${list.slice(start)}: no label`);
		labels[name] = value.replace(/\\([\\"n])/g, (_, character) => (character === 'n' ? '\n' : character));
	}
	return labels;
}
