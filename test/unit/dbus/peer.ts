import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { marshal } from '../../../lib/dbus/marshal.js';
import { unmarshal } from '../../../lib/dbus/unmarshal.js';
import type { DBusValue, DBusVariant } from '../../../lib/dbus/value.js';

/** A call that has come to the peer. */
export interface Received {
	readonly serial: number;
	readonly member: string;
	readonly interface: string;
	readonly path: string;
	readonly destination: string | undefined;
	readonly body: readonly DBusValue[];
}

/** What the peer answers: values of a signature, an error, or nothing. */
export type Answer =
	| { readonly signature?: string; readonly body?: readonly DBusValue[] }
	| { readonly error: string; readonly message?: string }
	| undefined;

/** The other end of a D-Bus connection, played by hand. */
export class Peer implements AsyncDisposable {
	readonly path: string;
	readonly calls: Received[] = [];
	/** Of the signals that it sends. */
	signalInterface = 'org.freedesktop.systemd1.Manager';
	readonly #folder: string;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#serial = 0;

	private constructor(greeting: (line: string) => string, answer: (call: Received, peer: Peer) => Answer) {
		this.#folder = mkdtempSync(join(tmpdir(), 'tsrun-dbus-'));
		this.path = join(this.#folder, 'bus');
		this.#server = createServer((socket) => this.#talk(socket, greeting, answer));
	}

	static async listen(
		answer: (call: Received, peer: Peer) => Answer,
		greeting: (line: string) => string = () => 'DATA\r\nOK 0123456789abcdef\r\n',
	): Promise<Peer> {
		const peer = new Peer(greeting, answer);
		await new Promise<void>((resolve) => peer.#server.listen(peer.path, resolve));
		return peer;
	}

	/** Sends a signal to everybody. */
	signal(member: string, signature: string, body: readonly DBusValue[]): void {
		const fields: DBusValue[] = [
			[1, { signature: 'o', value: '/o' }],
			[2, { signature: 's', value: this.signalInterface }],
			[3, { signature: 's', value: member }],
		];
		for (const socket of this.#sockets) socket.write(this.#message(4, fields, signature, body));
	}

	/** Ends all conversations. */
	hangUp(): void {
		for (const socket of this.#sockets) socket.destroy();
	}

	/** Sends bytes that are no message. */
	babble(text: string): void {
		for (const socket of this.#sockets) socket.write(text);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.hangUp();
		await new Promise((resolve) => this.#server.close(resolve));
		rmSync(this.#folder, { recursive: true });
	}

	#talk(socket: Socket, greeting: (line: string) => string, answer: (call: Received, peer: Peer) => Answer): void {
		let bytes = Buffer.alloc(0);
		let greeted = false;
		this.#sockets.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => this.#sockets.delete(socket));
		socket.on('data', (part) => {
			bytes = Buffer.concat([bytes, part]);
			if (!greeted && !bytes.includes('BEGIN\r\n')) {
				if (bytes.toString().endsWith('\r\n')) socket.write(greeting(bytes.toString()));
				return;
			}
			if (!greeted) bytes = bytes.subarray(bytes.indexOf('BEGIN\r\n') + 'BEGIN\r\n'.length);
			greeted = true;
			for (let call = this.#next(bytes); call !== undefined; call = this.#next(bytes)) {
				bytes = bytes.subarray(call.length);
				this.calls.push(call.received);
				const reply = answer(call.received, this);
				if (reply !== undefined) socket.write(this.#reply(call.received.serial, reply));
			}
		});
	}

	#next(bytes: Buffer): { received: Received; length: number } | undefined {
		if (bytes.length < 16) return undefined;
		const bodyAt = Math.ceil((16 + bytes.readUInt32LE(12)) / 8) * 8;
		const length = bodyAt + bytes.readUInt32LE(4);
		if (bytes.length < length) return undefined;
		const [, , , , , serial, list] = unmarshal('yyyyuua(yv)', bytes.subarray(0, bodyAt));
		const fields = new Map((list as [number, DBusVariant][]).map(([code, { value }]) => [code, String(value)]));
		const body = unmarshal(fields.get(8) ?? '', Buffer.from(bytes.subarray(bodyAt, length)));
		const [path = '', face = '', member = ''] = [1, 2, 3].map((code) => fields.get(code));
		return {
			length,
			received: { serial: Number(serial), member, interface: face, path, destination: fields.get(6), body },
		};
	}

	#reply(serial: number, answer: Exclude<Answer, undefined>): Buffer {
		const to: DBusValue = [5, { signature: 'u', value: serial }];
		if ('error' in answer) {
			const name: DBusValue = [4, { signature: 's', value: answer.error }];
			return this.#message(3, [to, name], 's', [answer.message ?? '']);
		}
		return this.#message(2, [to], answer.signature ?? '', answer.body ?? []);
	}

	#message(kind: number, fields: readonly DBusValue[], signature: string, values: readonly DBusValue[]): Buffer {
		const body = marshal(signature, values);
		const all = signature === '' ? fields : [...fields, [8, { signature: 'g', value: signature }] as const];
		const header = marshal('yyyyuua(yv)', ['l'.charCodeAt(0), kind, 0, 1, body.length, ++this.#serial, all]);
		return Buffer.concat([header, Buffer.alloc((8 - (header.length % 8)) % 8), body]);
	}
}
