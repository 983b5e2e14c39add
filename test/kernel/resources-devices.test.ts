import { limited, outcome } from '../harness/limited.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

// Numbers that Documentation/admin-guide/devices.txt leaves to local use, and no driver has: who may open one gets ENXIO.
const node = (minor: number) => ({ path: `/dev/local${minor}`, type: 'c', major: 241, minor });
const devices = [node(1), node(2), node(3)];

/** What becomes of opening each of the nodes for reading and for writing. */
const script = `
for minor in 1 2 3; do
	for mode in '<' '>'; do
		answer=$(eval ": $mode /dev/local$minor" 2>&1)
		case $answer in *'not permitted'*) echo "$minor $mode no";; *'No such device'*) echo "$minor $mode yes";; *) echo "$minor $mode $answer";; esac
	done
done
echo x > /dev/null && head -c 1 /dev/zero > /dev/null && echo usual`;

const answers = (...words: string[]) => [
	...['1 <', '1 >', '2 <', '2 >', '3 <', '3 >'].map((attempt, index) => `${attempt} ${words[index]}`),
	'usual',
];

describeWith([root, busybox], 'device rules', () => {
	const run = async (rules: object[] | undefined) => {
		await using container = await limited(script, rules === undefined ? {} : { devices: rules }, (config) => {
			config.linux['devices'] = devices;
		});
		return (await outcome(container)).out.split('\n');
	};
	const rule = (allow: boolean, minor: number, access: string) => ({ allow, type: 'c', major: 241, minor, access });
	const all = (allow: boolean) => ({ allow, access: 'rwm' });

	test('allow what they say, after all was denied', async () => {
		expect(await run([all(false), rule(true, 1, 'rw'), rule(true, 2, 'r')])).toEqual(
			answers('yes', 'yes', 'yes', 'no', 'no', 'no'),
		);
	});

	test('deny what they say, after all was allowed', async () => {
		expect(await run([all(true), rule(false, 1, 'rw'), rule(false, 2, 'w')])).toEqual(
			answers('no', 'no', 'yes', 'no', 'yes', 'yes'),
		);
	});

	test('are read in their order', async () => {
		expect(await run([rule(true, 1, 'rw'), all(false), rule(true, 2, 'rw'), rule(false, 2, 'r')])).toEqual(
			answers('no', 'no', 'no', 'yes', 'no', 'no'),
		);
	});

	test('that allow everything', async () => {
		expect(await run([all(false), all(true)])).toEqual(answers('yes', 'yes', 'yes', 'yes', 'yes', 'yes'));
	});

	test('without any, a container has what every container has', async () => {
		expect(await run(undefined)).toEqual(answers('no', 'no', 'no', 'no', 'no', 'no'));
	});

	test('are not changed by an update', async () => {
		await using container = await limited(script, { devices: [all(false), rule(true, 1, 'r')] }, (config) => {
			config.linux['devices'] = devices;
		});
		await container.update({ devices: [{ allow: true, access: 'rwm' }] });
		expect((await outcome(container)).out.split('\n')).toEqual(answers('yes', 'no', 'no', 'no', 'no', 'no'));
	});
});
