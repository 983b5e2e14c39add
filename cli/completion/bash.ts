import { type Expected, type Grammar, type OptionGrammar, signals, type VerbGrammar } from './grammar.js';

/**
 * The completion for bash 4 and newer; uses nothing of the package bash-completion.
 *
 * The words are read as tsrun reads them: options of tsrun itself, the verb, then the verb's options and words. `--root` is handed
 * on to `tsrun list`, which names the containers.
 */
export function bashScript({ globals, verbs }: Grammar): string {
	return `# bash completion of tsrun: source <(tsrun completion bash)

_tsrun_containers() {
	"\${COMP_WORDS[0]}" "\${_tsrun_root[@]}" list --quiet 2>/dev/null
}

_tsrun_offer() {
	mapfile -t COMPREPLY < <(compgen "$@" -- "$_tsrun_word")
}

# What the value of an option is, by verb and option; fails for a flag.
_tsrun_value() {
	case "$1 $2" in
${[...globals.map((option) => valueCase('', option)), ...verbs.flatMap((verb) => verb.options.map((option) => valueCase(verb.name, option)))].join('')}	*) return 1 ;;
	esac
}

_tsrun() {
	local _tsrun_word="\${COMP_WORDS[COMP_CWORD]}" verb='' option='' word index count=0
	local -a _tsrun_root=()
	COMPREPLY=()
	for ((index = 1; index < COMP_CWORD; index++)); do
		word="\${COMP_WORDS[index]}"
		if [[ -n $option ]]; then
			# Bash makes words of --option=value at the sign.
			[[ $word == = ]] && continue
			[[ $option == --root && -z $verb ]] && _tsrun_root=(--root "$word")
			option=''
		elif [[ $word == = ]]; then
			continue
		elif [[ $word == -* && ( -z $verb || $verb != exec || $count -eq 0 ) ]]; then
			_tsrun_value "$verb" "$word" >/dev/null && option="$word"
		elif [[ -z $verb ]]; then
			verb="$word"
		else
			count=$((count + 1))
		fi
	done
	[[ $_tsrun_word == = ]] && _tsrun_word=''
	if [[ -n $option ]]; then
		_tsrun_complete "$(_tsrun_value "$verb" "$option")"
		return
	fi
	case "$verb" in
	'') _tsrun_first ;;
${verbs.map(verbCase).join('')}	esac
}

_tsrun_first() {
	if [[ $_tsrun_word == -* ]]; then
		_tsrun_offer -W ${quoted([...names(globals), '--help'].join(' '))}
	else
		_tsrun_offer -W ${quoted([...verbs.map(({ name }) => name), 'help'].join(' '))}
	fi
}

_tsrun_complete() {
	case "$1" in
	container) _tsrun_offer -W "$(_tsrun_containers)" ;;
	directory) _tsrun_offer -d ;;
	file) _tsrun_offer -f ;;
	signal) _tsrun_offer -W ${quoted(signals.join(' '))} ;;
	command) _tsrun_offer -W ${quoted(verbs.map(({ name }) => name).join(' '))} ;;
	'choice '*) _tsrun_offer -W "\${1#choice }" ;;
	esac
}

complete -o filenames -F _tsrun tsrun
`;
}

function valueCase(verb: string, { name, alias, value }: OptionGrammar): string {
	if (value === undefined) return '';
	const patterns = [name, ...(alias === undefined ? [] : [alias])].map((written) => quoted(`${verb} ${written}`));
	return `\t${patterns.join(' | ')}) echo ${quoted(wordsOf(value))} ;;\n`;
}

function verbCase({ name, options, words, more }: VerbGrammar): string {
	const places = words.map((expected, index) => {
		const pattern = more && index === words.length - 1 ? '*' : String(index);
		return `\t\t${pattern}) _tsrun_complete ${quoted(wordsOf(expected))} ;;\n`;
	});
	return `\t${name})
		if [[ $_tsrun_word == -* ]]; then
			_tsrun_offer -W ${quoted(names(options).join(' '))}
			return
		fi
		case "$count" in
${places.join('')}		esac
		;;
`;
}

function names(options: readonly OptionGrammar[]): string[] {
	return options.map(({ name }) => name);
}

function wordsOf(expected: Expected): string {
	return expected.kind === 'choice' ? `choice ${expected.choices.join(' ')}` : expected.kind;
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
