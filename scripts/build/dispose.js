// What ends a scope with `using` or `await using` in it, as scripts/build/plain-using.mjs writes them: `failure` holds the error by which
// the scope is left, and is undefined otherwise.
// biome-ignore lint/correctness/noUnusedVariables: what this is put in front of calls it
function $dispose(resource, failure) {
	if (resource === undefined || resource === null) return;
	if (failure === undefined) {
		resource[Symbol.dispose]();
		return;
	}
	try {
		resource[Symbol.dispose]();
	} catch (error) {
		throw new SuppressedError(error, failure.error);
	}
}

// Gives what is to be awaited.
// biome-ignore lint/correctness/noUnusedVariables: what this is put in front of calls it
function $disposeLater(resource, failure) {
	if (resource === undefined || resource === null) return undefined;
	if (failure === undefined) return $begin(resource);
	return $afterFailure(resource, failure.error);
}

function $begin(resource) {
	if (typeof resource[Symbol.asyncDispose] === 'function') return resource[Symbol.asyncDispose]();
	resource[Symbol.dispose]();
	return undefined;
}

async function $afterFailure(resource, suppressed) {
	try {
		await $begin(resource);
	} catch (error) {
		throw new SuppressedError(error, suppressed);
	}
}
