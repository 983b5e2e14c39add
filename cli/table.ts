import type { Command } from './command.js';

/** Every verb, in the order of the help. Only the file of the verb that is called is loaded. */
export const verbs: ReadonlyMap<string, () => Promise<Command>> = new Map<string, () => Promise<Command>>([
	['run', async () => (await import('./commands/run.js')).run],
	['create', async () => (await import('./commands/create.js')).create],
	['start', async () => (await import('./commands/start.js')).start],
	['exec', async () => (await import('./commands/exec.js')).exec],
	['kill', async () => (await import('./commands/kill.js')).kill],
	['delete', async () => (await import('./commands/delete.js')).remove],
	['state', async () => (await import('./commands/state.js')).state],
	['list', async () => (await import('./commands/list.js')).list],
	['ps', async () => (await import('./commands/ps.js')).ps],
	['pause', async () => (await import('./commands/pause.js')).pause],
	['resume', async () => (await import('./commands/resume.js')).resume],
	['update', async () => (await import('./commands/update.js')).update],
	['events', async () => (await import('./commands/events.js')).events],
	['stats', async () => (await import('./commands/stats.js')).stats],
	['top', async () => (await import('./commands/top.js')).top],
	['metrics', async () => (await import('./commands/metrics.js')).metrics],
	['checkpoint', async () => (await import('./commands/checkpoint.js')).checkpoint],
	['restore', async () => (await import('./commands/restore.js')).restore],
	['spec', async () => (await import('./commands/spec.js')).spec],
	['plan', async () => (await import('./commands/plan.js')).plan],
	['doctor', async () => (await import('./commands/doctor.js')).doctor],
	['features', async () => (await import('./commands/features.js')).features],
	['completion', async () => (await import('./commands/completion.js')).completion],
]);
