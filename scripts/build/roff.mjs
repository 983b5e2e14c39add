/** Text as roff takes it: the escape character, dashes that are to be copied, and a control character in front of a line. */
export function plain(text) {
	return text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll("'", '\\(aq')
		.replaceAll('’', '\\(cq')
		.replaceAll('`', '\\(ga')
		.replaceAll('~', '\\(ti')
		.replaceAll('^', '\\(ha')
		.replaceAll('µ', '\\(mc')
		.replace(/^\./gm, '\\&.');
}

export const bold = (text) => `\\fB${plain(text)}\\fR`;
export const italic = (text) => `\\fI${plain(text)}\\fR`;

/** The words of a usage line: what is in angle or square brackets, or in capitals, stands for something else. */
export function usage(text) {
	return text
		.split(' ')
		.map((word) => {
			const parts = /^([<[]*)([^<>[\]]*)([>\]]*)$/.exec(word);
			if (parts === null || word === '...') return plain(word);
			const [, open, name, close] = parts;
			return `${plain(open.replace('<', ''))}${italic(name)}${plain(close.replace('>', ''))}`;
		})
		.join(' ');
}

/** A page of section 1 in the man(7) macros; `sections` are pairs of a title and lines of roff. */
export function page({ name, version, date, sections }) {
	const head = `.TH ${name.toUpperCase()} 1 ${date} "tsrun ${version}" "User Commands"`;
	const body = sections.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => [`.SH ${title}`, ...lines]);
	return `${[head, ...body].join('\n')}\n`;
}

/** A term with what it means below it. */
export const item = (term, text) => ['.TP', term, plain(text)];

/** Lines of a shell, with what they do. */
export const example = ({ command, explains }) =>
	item(bold(`$ ${command}`), `${explains[0].toUpperCase()}${explains.slice(1)}.`);
