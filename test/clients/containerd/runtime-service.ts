import { Client, credentials } from '@grpc/grpc-js';
import { patience } from '../harness/stage.js';
import { encodeMessage, type Message, Received } from './protobuf.js';

/** The runtime half of the Kubernetes CRI (runtime.v1), as a kubelet calls it. */
export class RuntimeService implements Disposable {
	readonly #client: Client;

	/** @param socket of the service, which has to be there when the first call is made */
	constructor(socket: string) {
		this.#client = new Client(`unix:${socket}`, credentials.createInsecure());
	}

	/** @throws Error with the words of the service when it refuses */
	call(method: string, message: Message): Promise<Received> {
		return new Promise((resolve, reject) => {
			this.#client.makeUnaryRequest(
				`/runtime.v1.RuntimeService/${method}`,
				encodeMessage,
				(bytes) => new Received(bytes),
				message,
				{ deadline: Date.now() + 20_000 * patience },
				(error, answer) => {
					if (answer !== undefined) resolve(answer);
					else reject(new Error(`${method}: ${error?.details ?? 'no answer'}`, { cause: error }));
				},
			);
		});
	}

	[Symbol.dispose](): void {
		this.#client.close();
	}
}
