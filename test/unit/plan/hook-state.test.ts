import { hookState, stoppedState } from '../../../lib/plan/hook-state.js';

const subject = { id: 'box', bundle: '/bundle' };

test('with the pid put in, it is the state of the specification', () => {
	const { head, tail } = hookState({ ...subject, annotations: { 'org.example.a': '"}' } }, 'created');
	expect(JSON.parse(`${head}4711${tail}`)).toEqual({
		ociVersion: '1.3.0',
		id: 'box',
		status: 'created',
		pid: 4711,
		bundle: '/bundle',
		annotations: { 'org.example.a': '"}' },
	});
});

test.each([undefined, {}])('no annotations, no member for them', (annotations) => {
	const { head, tail } = hookState({ ...subject, annotations }, 'stopped');
	expect(JSON.parse(`${head}0${tail}`)).toEqual({
		ociVersion: '1.3.0',
		id: 'box',
		status: 'stopped',
		pid: 0,
		bundle: '/bundle',
	});
});

test('a container that is gone has no pid', () => {
	expect(JSON.parse(stoppedState(subject))).toEqual({
		ociVersion: '1.3.0',
		id: 'box',
		status: 'stopped',
		bundle: '/bundle',
	});
});
