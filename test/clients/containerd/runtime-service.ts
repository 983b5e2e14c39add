import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { patience } from '../harness/stage.js';
import { encodeMessage, type Message, Received } from './protobuf.js';

/**
 * The runtime half of the Kubernetes CRI (runtime.v1), as a kubelet calls it. Unary gRPC calls are HTTP/2 requests whose bodies are
 * one message, with five bytes in front of it: not compressed, and how long it is.
 */
export class RuntimeService implements Disposable {
	readonly #session: ClientHttp2Session;

	constructor(socket: string) {
		this.#session = connect('http://localhost', { createConnection: () => connectSocket(socket) });
		// What a call does not answer for is told by the call.
		this.#session.on('error', () => {});
	}

	/** @throws Error with the words of the service when it refuses */
	call(method: string, message: Message): Promise<Received> {
		const body = encodeMessage(message);
		const head = Buffer.alloc(5);
		head.writeUInt32BE(body.length, 1);
		return new Promise((resolve, reject) => {
			const request = this.#session.request({
				':method': 'POST',
				':path': `/runtime.v1.RuntimeService/${method}`,
				'content-type': 'application/grpc',
				te: 'trailers',
			});
			const chunks: Buffer[] = [];
			let status: Record<string, unknown> = {};
			request.setTimeout(20_000 * patience, () => request.destroy(new Error(`${method} takes too long`)));
			// A refusal without a body has its status in the headers.
			request.on('response', (headers) => {
				status = { ...headers };
			});
			request.on('trailers', (headers) => {
				status = { ...headers };
			});
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('error', reject);
			request.on('end', () => {
				if (status['grpc-status'] === '0') resolve(new Received(Buffer.concat(chunks).subarray(5)));
				else reject(new Error(`${method}: ${decodeURIComponent(String(status['grpc-message']))}`));
			});
			request.end(Buffer.concat([head, body]));
		});
	}

	[Symbol.dispose](): void {
		this.#session.destroy();
	}
}
