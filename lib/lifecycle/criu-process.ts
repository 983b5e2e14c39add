import { join } from 'node:path';
import { reasonOf, versionText } from '../criu/answer-text.js';
import { errorLines } from '../criu/log.js';
import { encodeFeatureCheck, encodeVersionRequest } from '../criu/request.js';
import type { CriuResponse } from '../criu/response.js';
import { CriuSession } from '../criu/session.js';
import { TsrunError } from '../errors/index.js';
import type { HostFacts } from '../host/index.js';
import type { LaunchContext } from '../launch/context.js';
import type { InitProcess } from '../launch/init-process.js';
import { Launch } from '../launch/launch.js';
import { native, OwnedFd } from '../native/index.js';
import type { ImageDirectory } from './image-directory.js';

/** 3.15 is the first that leaves a pid namespace from outside alone; everything else that we ask for is older. */
const oldestVersion = 31_500;

/** CRIU has no terminal and no filter of its own, and its plan no barrier at which a container would be complete. */
const unconcerned = {
	standing: { rootless: false, userNamespace: false },
	record: () => {},
	console: () => {},
	compileFilter: async () => new Uint8Array(),
	seccomp: () => {},
} as const;

/** What performing a plan that ends with CRIU needs. */
export type CriuContext = Omit<LaunchContext, keyof typeof unconcerned>;

/** CRIU, running and waiting for a request. */
export class CriuProcess implements Disposable {
	readonly launch: Launch;
	readonly session: CriuSession;
	readonly process: InitProcess;

	private constructor(launch: Launch, session: CriuSession, process: InitProcess) {
		this.launch = launch;
		this.session = session;
		this.process = process;
	}

	/**
	 * Performs a plan that ends with CRIU, and makes sure that it is new enough.
	 *
	 * @param context CRIU gets one more descriptor than `preserved` has, in front of these: 3 is the socket
	 * @throws TsrunError ERR_CRIU, and those of {@link Launch.perform}; what was done is on the undo stack of the context
	 */
	static async start(context: CriuContext): Promise<CriuProcess> {
		const [ours, theirs] = native().socketPair();
		const session = new CriuSession(new OwnedFd(ours), context.signal);
		using socket = new OwnedFd(theirs);
		const launch = new Launch({ ...unconcerned, ...context, preserved: [socket.number, ...context.preserved] });
		try {
			const process = await launch.perform();
			socket.close();
			const criu = new CriuProcess(launch, session, process);
			await criu.#assertVersion();
			return criu;
		} catch (cause) {
			session[Symbol.dispose]();
			launch[Symbol.dispose]();
			throw cause;
		}
	}

	async #assertVersion(): Promise<void> {
		const { success, version } = await this.session.perform(encodeVersionRequest());
		// 3.0 is the first that tells.
		const found = success && version !== undefined ? versionText(version) : 'older than 3.0';
		if (version !== undefined && version >= oldestVersion) return;
		throw new TsrunError('ERR_CRIU', `criu is too old: it is ${found}, and ${versionText(oldestVersion)} is needed`, {
			hint: 'Install a newer CRIU.',
		});
	}

	/** @throws TsrunError ERR_CRIU when the kernel or CRIU lacks what an option takes */
	async assertFeature(feature: 'memoryTracking' | 'lazyPages', option: string): Promise<void> {
		const { success, features } = await this.session.perform(encodeFeatureCheck(feature));
		if (success && features[feature]) return;
		const lacking = feature === 'memoryTracking' ? 'track which memory has changed' : 'fetch memory pages late';
		throw new TsrunError('ERR_CRIU', `${option} is not possible here: kernel or CRIU cannot ${lacking}`, {
			hint:
				feature === 'memoryTracking'
					? 'It takes a kernel with CONFIG_MEM_SOFT_DIRTY.'
					: 'It takes a kernel with CONFIG_USERFAULTFD.',
		});
	}

	/** Ends the conversation, and waits for the end of CRIU, which has nothing else to do. */
	async end(): Promise<void> {
		this.session[Symbol.dispose]();
		await this.process.exit();
	}

	[Symbol.dispose](): void {
		this.session[Symbol.dispose]();
		this.launch[Symbol.dispose]();
	}
}

/** @throws TsrunError ERR_CRIU with the last errors of the log, unless the request was successful */
export function assertSuccess(
	response: CriuResponse,
	verb: 'save' | 'restore',
	logs: ImageDirectory,
	log: string,
): void {
	if (!response.success) throw criuFailure(verb, logs, log, reasonOf(response));
}

/**
 * A failure of CRIU in the words of its log, which is kept.
 *
 * @param reason what else is known of it; may be ''
 */
export function criuFailure(
	verb: 'save' | 'restore',
	logs: ImageDirectory,
	log: string,
	reason: string,
	cause?: unknown,
): TsrunError {
	const path = join(logs.path, log);
	const lines = errorLines(`/proc/self/fd/${logs.fd.number}/${log}`);
	const said = lines.length === 0 ? reason : lines.join('\n');
	const advice = advices.find(({ when }) => lines.some((line) => when.test(line)))?.words ?? '';
	return new TsrunError('ERR_CRIU', `criu cannot ${verb} the container${said === '' ? '' : `: ${said}`}`, {
		path,
		hint: `${advice}The whole log is ${path}.`,
		cause,
	});
}

const advices = [
	// What CRIU learns of the kernel before it looks at any process: 3.17 and a vDSO of six pages, for one.
	{
		when: /\bkerndat\b|\bvdso:/,
		words: 'This CRIU does not know this kernel (criu check): install a newer one. ',
	},
	{
		when: /Abort restore of existing cgroups/,
		words: 'The container has its own cgroup before CRIU begins, which the mode strict refuses: take full or soft. ',
	},
] as const;

/**
 * @throws TsrunError ERR_HOST_UNSUPPORTED where the caller has not all privileges: CRIU reads the memory of any process, and
 *   makes processes with any identity
 */
export function assertPrivileged(verb: string, { euid, inUserNamespace }: HostFacts): void {
	if (euid === 0 && !inUserNamespace) return;
	const who = euid === 0 ? 'root of a user namespace' : `user ${euid}`;
	throw new TsrunError('ERR_HOST_UNSUPPORTED', `${verb} takes root, and this is ${who}`, {
		hint: 'CRIU cannot save or restore containers of users without privileges: run the container and this as root.',
	});
}
