import { parseAst } from '@rollup/wasm-node/parseAst';
import MagicString from 'magic-string';
import { CommandFailed } from './run.mjs';
import { visit } from './syntax.mjs';

/**
 * Makes private members of classes properties with a name of their own: the compiler that inlines functions
 * (inline-functions.mjs) does not know private members. Fields are then what JSON.stringify, Object.keys and a spread see of an
 * instance: the runtime makes plain objects for these.
 *
 * @param text of a module
 */
export function makePublic(text) {
	const edited = new MagicString(text);
	let classes = 0;
	const name = (node, members) => {
		if (node.type !== 'PrivateIdentifier') return;
		const known = members.find((names) => names.has(node.name));
		if (known === undefined) throw new CommandFailed(`#${node.name} is in no class`);
		// `async #send() {}` may be written without the space.
		const space = /\w/.test(text[node.start - 1]) ? ' ' : '';
		edited.overwrite(node.start, node.end, `${space}${known.get(node.name)}`);
	};
	const within = (node, members) => {
		visit(node, (child) => {
			if (child !== node && child.type === 'ClassBody') {
				const number = classes++;
				const own = child.body.flatMap(({ key }) => (key?.type === 'PrivateIdentifier' ? [key.name] : []));
				const names = new Map(own.map((one) => [one, `${one}$${number}`]));
				for (const taken of names.values())
					if (text.includes(taken)) throw new CommandFailed(`the name ${taken} is in use`);
				within(child, [names, ...members]);
				return false;
			}
			if (child.type === 'BinaryExpression' && child.left.type === 'PrivateIdentifier')
				throw new CommandFailed(`not understood: ${text.slice(child.start, child.end)}`);
			name(child, members);
			return true;
		});
	};
	within(parseAst(text), []);
	return edited.toString();
}
