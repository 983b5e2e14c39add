import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './stage.js';

// Every instruction that a runtime has a part in, or that its container shows.
const dockerfile = `FROM tsrun-busybox
ARG number=1
ENV number=$number
RUN echo built $number >/built && id -u
COPY copied /copied
ADD copied /added
RUN mkdir /work && chown 1000 /work
USER 1000
WORKDIR /work
RUN id -u >who && pwd >>who
EXPOSE 80
VOLUME /volume
HEALTHCHECK --interval=1s CMD test -e /built
ENTRYPOINT ["sh", "-c"]
CMD ["cat /built /copied /added /work/who; id -u; echo $number"]
`;

/** A folder with a Dockerfile that takes the build argument `number`. */
export function buildContext(): string {
	const context = folder('context');
	writeFileSync(join(context, 'Dockerfile'), dockerfile);
	writeFileSync(join(context, 'copied'), 'copied\n');
	return context;
}

/** What a container of it prints when `number` is 5. */
export const builtOutput = ['built 5', 'copied', 'copied', '1000', '/work', '1000', '5'].join('\n');

/** A folder with a Dockerfile whose second step ends with 9. */
export function failingContext(): string {
	const context = folder('failing');
	writeFileSync(join(context, 'Dockerfile'), 'FROM tsrun-busybox\nRUN exit 9\n');
	return context;
}
