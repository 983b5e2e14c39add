import { textThat } from './scalars.js';
import { optional } from './shape.js';

/** Numbers of cpus or memory nodes as people write them: `0-3,7`. Empty means none. */
export const numberList = textThat('a list of numbers and ranges such as 0-3,7', isNumberList);

export const optionalNumberList = optional(numberList);

function isNumberList(text: string): boolean {
	if (text.trim() === '') return true;
	return text.split(',').every((part) => {
		const range = /^\s*(\d{1,6})(?:-(\d{1,6}))?\s*$/.exec(part);
		return range !== null && (range[2] === undefined || Number(range[1]) <= Number(range[2]));
	});
}
