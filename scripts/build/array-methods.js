// Methods of arrays that JavaScriptCore has as text of JavaScript: each is read and compiled when it is called for the first time, which
// takes 15 to 100 us, and `run` calls eleven of them. These are compiled with the program, which takes 4. What is not a plain array
// is left to the engine's own.
(() => {
	const engines = { from: Array.from };
	for (const name of ['map', 'filter', 'some', 'every', 'findIndex', 'find', 'flatMap', 'reduce', 'at'])
		engines[name] = Array.prototype[name];
	// A call by Function.prototype.call is dearer, and hardly ever asked for.
	const bound = (callback, self) => (self === undefined ? callback : callback.bind(self));
	const isPlain = (value) => Array.isArray(value) && value.constructor === Array;

	function map(callback, self) {
		if (!isPlain(this) || typeof callback !== 'function') return engines.map.call(this, callback, self);
		const call = bound(callback, self);
		const { length } = this;
		const result = new Array(length);
		for (let index = 0; index < length; index += 1) if (index in this) result[index] = call(this[index], index, this);
		return result;
	}

	function filter(callback, self) {
		if (!isPlain(this) || typeof callback !== 'function') return engines.filter.call(this, callback, self);
		const call = bound(callback, self);
		const { length } = this;
		const result = [];
		for (let index = 0; index < length; index += 1) {
			if (!(index in this)) continue;
			const item = this[index];
			if (call(item, index, this)) result.push(item);
		}
		return result;
	}

	function some(callback, self) {
		if (!isPlain(this) || typeof callback !== 'function') return engines.some.call(this, callback, self);
		const call = bound(callback, self);
		const { length } = this;
		for (let index = 0; index < length; index += 1) if (index in this && call(this[index], index, this)) return true;
		return false;
	}

	function every(callback, self) {
		if (!isPlain(this) || typeof callback !== 'function') return engines.every.call(this, callback, self);
		const call = bound(callback, self);
		const { length } = this;
		for (let index = 0; index < length; index += 1) if (index in this && !call(this[index], index, this)) return false;
		return true;
	}

	function findIndex(callback, self) {
		if (!isPlain(this) || typeof callback !== 'function') return engines.findIndex.call(this, callback, self);
		const call = bound(callback, self);
		const { length } = this;
		for (let index = 0; index < length; index += 1) if (call(this[index], index, this)) return index;
		return -1;
	}

	function find(callback, self) {
		if (!isPlain(this) || typeof callback !== 'function') return engines.find.call(this, callback, self);
		const call = bound(callback, self);
		const { length } = this;
		for (let index = 0; index < length; index += 1) {
			const item = this[index];
			if (call(item, index, this)) return item;
		}
		return undefined;
	}

	function flatMap(callback, self) {
		if (!isPlain(this) || typeof callback !== 'function') return engines.flatMap.call(this, callback, self);
		const call = bound(callback, self);
		const { length } = this;
		const result = [];
		for (let index = 0; index < length; index += 1) {
			if (!(index in this)) continue;
			const items = call(this[index], index, this);
			if (!Array.isArray(items)) result.push(items);
			else for (let inner = 0; inner < items.length; inner += 1) if (inner in items) result.push(items[inner]);
		}
		return result;
	}

	function reduce(callback, ...initial) {
		if (!isPlain(this) || typeof callback !== 'function' || initial.length === 0)
			return engines.reduce.call(this, callback, ...initial);
		const { length } = this;
		let result = initial[0];
		for (let index = 0; index < length; index += 1)
			if (index in this) result = callback(result, this[index], index, this);
		return result;
	}

	function at(index) {
		if (!isPlain(this) || !Number.isInteger(index)) return engines.at.call(this, index);
		const place = index < 0 ? this.length + index : index;
		return place < 0 ? undefined : this[place];
	}

	function from(items, callback, self) {
		const isOurs = this === Array && typeof items === 'object' && items !== null;
		if (!isOurs || (callback !== undefined && typeof callback !== 'function'))
			return engines.from.call(this, items, callback, self);
		const result = [];
		const call = callback === undefined ? (item) => item : bound(callback, self);
		const take = (item) => result.push(call(item, result.length));
		if (items[Symbol.iterator] != null) for (const item of items) take(item);
		else for (let index = 0; index < items.length; index += 1) take(items[index]);
		return result;
	}

	function fromEntries(entries) {
		const result = {};
		for (const entry of entries) {
			if (typeof entry !== 'object' || entry === null) throw new TypeError(`${String(entry)} is not an entry`);
			const value = entry[1];
			Object.defineProperty(result, entry[0], { value, writable: true, enumerable: true, configurable: true });
		}
		return result;
	}

	Object.assign(Array.prototype, { map, filter, some, every, findIndex, find, flatMap, reduce, at });
	Array.from = from;
	Object.fromEntries = fromEntries;
})();
