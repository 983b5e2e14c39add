import { defaultSpec } from '../../lib/spec/template.js';
import type { Config } from './config.js';
import { cgroupView } from './requirement.js';

/** What every test bundle starts from: the configuration that `tsrun spec` writes, without a terminal, running /bin/true. */
export function baseConfig(): Config {
	const config = defaultSpec({ cgroup2: cgroupView() === 'cgroup2', uid: 0, gid: 0 }) as unknown as Config;
	config.process.terminal = false;
	config.process.args = ['/bin/true'];
	return config;
}
