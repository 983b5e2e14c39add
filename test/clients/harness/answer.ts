import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a server on this machine says; asked again for 10 s while nobody listens yet behind the port. */
export async function answerOf(port: number): Promise<string> {
	const deadline = Date.now() + 10_000;
	for (;;) {
		const answer = await text(connect(port, '127.0.0.1').setEncoding('utf8')).catch(() => '');
		if (answer !== '' || Date.now() > deadline) return answer;
	}
}
