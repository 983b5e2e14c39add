import { ociState } from '../../../lib/state/index.js';
import { exampleRecord } from './example-record.js';

test("the members and their order are runc's", () => {
	expect(JSON.stringify(ociState(exampleRecord, 'running'), null, 2)).toBe(`{
  "ociVersion": "1.3.0",
  "id": "web",
  "pid": 4242,
  "status": "running",
  "bundle": "/srv/web",
  "rootfs": "/srv/web/rootfs",
  "created": "2026-03-01T12:00:00.123Z",
  "annotations": {
    "org.example.key": "a/b \\"c\\""
  },
  "owner": ""
}`);
});

test('a stopped container has the pid 0; there is an owner for those who want one; no annotations, no member', () => {
	const { annotations, ...record } = exampleRecord;
	expect(annotations).toBeDefined();
	expect(ociState(record, 'stopped', 'root')).toMatchObject({ pid: 0, owner: 'root' });
	expect(Object.keys(ociState(record, 'stopped'))).not.toContain('annotations');
	expect(Object.keys(ociState({ ...record, annotations: {} }, 'stopped'))).not.toContain('annotations');
});
