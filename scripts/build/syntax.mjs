const functions = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
export const isFunction = ({ type }) => functions.includes(type);

/** Calls `enter` with each node of a syntax tree and the one above it; where that gives false, what is below is left out. */
export function visit(node, enter, parent) {
	if (!enter(node, parent)) return;
	for (const value of Object.values(node)) {
		for (const child of Array.isArray(value) ? value : [value]) {
			if (typeof child?.type === 'string') visit(child, enter, node);
		}
	}
}
