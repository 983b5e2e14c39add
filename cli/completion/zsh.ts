import { type Expected, type Grammar, type OptionGrammar, signals, type VerbGrammar } from './grammar.js';

/** The completion for zsh, by its own _arguments: as a file _tsrun in a folder of fpath, or sourced after compinit. */
export function zshScript({ globals, verbs }: Grammar): string {
	const descriptions = verbs.map(({ name, summary }) => `\t\t${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`);
	return `#compdef tsrun
# zsh completion of tsrun: source <(tsrun completion zsh), or a file _tsrun in a folder of fpath

_tsrun_containers() {
	local -a root ids
	[[ -n \${opt_args[--root]} ]] && root=(--root "\${(Q)opt_args[--root]}")
	[[ -n $_tsrun_root ]] && root=(--root "$_tsrun_root")
	ids=(\${(f)"$(_call_program containers tsrun $root list --quiet 2>/dev/null)"})
	_describe -t containers container ids
}

_tsrun_commands() {
	local -a commands=(
${descriptions.join('\n')}
	)
	_describe -t commands command commands
}

_tsrun() {
	local curcontext="$curcontext" state line ret=1 _tsrun_root=''
	typeset -A opt_args
	_arguments -C -S \\
${globals.map((option) => `\t\t${argument(option)} \\\n`).join('')}		'(-h --help)'{-h,--help}'[print this help]' \\
		'1:command:_tsrun_commands' \\
		'*::argument:->argument' && ret=0
	[[ $state == argument ]] || return ret
	_tsrun_root="\${(Q)opt_args[--root]}"
	case "\${line[1]}" in
${verbs.map(verbCase).join('')}	esac
	return ret
}

if [[ \${funcstack[1]} == _tsrun ]]; then
	_tsrun "$@"
else
	compdef _tsrun tsrun
fi
`;
}

function verbCase({ name, options, words, more }: VerbGrammar): string {
	const places = words.map((expected, index) => {
		const last = more && index === words.length - 1;
		return `\t\t\t${quoted(`${last ? '*' : index + 1}:${label(expected)}:${action(expected)}`)}`;
	});
	// Behind the container of exec stand the words of its program.
	const stops = name === 'exec' ? ' -A "-*"' : '';
	const specs = [...options.map((option) => `\t\t\t${argument(option)}`), ...places];
	return `\t${name})
		_arguments -S${stops} \\
${specs.join(' \\\n')} && ret=0
		;;
`;
}

function argument({ name, alias, summary, value, repeats }: OptionGrammar): string {
	const text = `[${summary.replace(/[[\]]/g, '\\$&').replaceAll(':', '\\:')}]`;
	const rest = value === undefined ? text : `${text}:${label(value)}:${action(value)}`;
	const equals = value === undefined ? '' : '=';
	if (alias === undefined) return quoted(`${repeats ? '*' : ''}${name}${equals}${rest}`);
	const group = repeats ? `'*'` : `'(${alias} ${name})'`;
	return `${group}{${alias}${equals === '' ? '' : '+'},${name}${equals}}${quoted(rest)}`;
}

function label(expected: Expected): string {
	return expected.kind === 'choice' ? 'value' : expected.kind;
}

function action(expected: Expected): string {
	switch (expected.kind) {
		case 'container':
			return '_tsrun_containers';
		case 'command':
			return '_tsrun_commands';
		case 'directory':
			return '_files -/';
		case 'file':
			return '_files';
		case 'signal':
			return `(${signals.join(' ')})`;
		case 'choice':
			return `(${expected.choices.join(' ')})`;
		default:
			// Nothing, and no message, which would keep the one option that fits from being typed.
			return '()';
	}
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
