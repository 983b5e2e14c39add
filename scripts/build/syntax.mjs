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

/** The names that a statement declares in the block it is in. */
export function namesDeclared(statement) {
	if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') return [statement.id.name];
	return (statement.declarations ?? []).flatMap(({ id }) => namesInPattern(id));
}

export function namesInPattern(pattern) {
	const names = [];
	visit(pattern, (node, parent) => {
		const isDefault = parent?.type === 'AssignmentPattern' && parent.right === node;
		if (node.type === 'Identifier' && !isDefault) names.push(node.name);
		return !isDefault;
	});
	return names;
}
