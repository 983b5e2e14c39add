import { type Expected, type Grammar, type OptionGrammar, signals, type VerbGrammar } from './grammar.js';

/** The completion for fish 3: a file of ~/.config/fish/completions, or piped to source. */
export function fishScript({ globals, verbs }: Grammar): string {
	const valued = globals
		.filter(({ value }) => value !== undefined)
		.flatMap(({ name, alias }) => [name, ...(alias === undefined ? [] : [alias])]);
	const lines = [
		...globals.map((option) => optionLine('__tsrun_no_verb', option)),
		...verbs.map(({ name, summary }) => `complete -c tsrun -f -n __tsrun_no_verb -a ${name} -d ${quoted(summary)}`),
		...verbs.flatMap(verbLines),
	];
	return `# fish completion of tsrun: tsrun completion fish | source

# The verb, and the number of words behind it; the options of tsrun itself are skipped with their values.
function __tsrun_verb
	set -l skip 0
	for word in (commandline -opc)[2..-1]
		if test $skip = 1
			set skip 0
		else if contains -- $word ${valued.join(' ')}
			set skip 1
		else if not string match -q -- '-*' $word
			echo $word
			return 0
		end
	end
	return 1
end

function __tsrun_no_verb
	not __tsrun_verb >/dev/null
end

function __tsrun_is
	test (__tsrun_verb) = $argv[1] 2>/dev/null
end

function __tsrun_containers
	set -l words (commandline -opc)
	set -l root
	for index in (seq (count $words))
		switch $words[$index]
			case --root
				set root --root $words[(math $index + 1)]
			case '--root=*'
				set root $words[$index]
		end
	end
	tsrun $root list --quiet 2>/dev/null
end

complete -c tsrun -f
${lines.join('\n')}
`;
}

function verbLines({ name, options, words }: VerbGrammar): string[] {
	const condition = quoted(`__tsrun_is ${name}`);
	return [
		...options.map((option) => optionLine(condition, option)),
		...words.flatMap((expected) => {
			const offered = argument(expected);
			return offered === undefined ? [] : [`complete -c tsrun -n ${condition} ${offered}`];
		}),
	];
}

function optionLine(condition: string, { name, alias, summary, value }: OptionGrammar): string {
	const short = alias === undefined ? '' : ` -s ${alias.slice(1)}`;
	const rest = value === undefined ? '' : ` -r ${argument(value) ?? '-f'}`;
	return `complete -c tsrun -n ${condition}${short} -l ${name.slice(2)} -d ${quoted(summary)}${rest}`;
}

function argument(expected: Expected): string | undefined {
	switch (expected.kind) {
		case 'container':
			return `-f -a '(__tsrun_containers)'`;
		case 'directory':
			return `-f -a '(__fish_complete_directories)'`;
		case 'file':
			return '-F';
		case 'signal':
			return `-f -a ${quoted(signals.join(' '))}`;
		case 'choice':
			return `-f -a ${quoted(expected.choices.join(' '))}`;
		default:
			return undefined;
	}
}

function quoted(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
