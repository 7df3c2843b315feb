import type { Container } from '../../model/container.ts';
import { firstPid } from './named-processes.ts';
import { pairs } from './words.ts';

/**
 * The container of a line `container NAME [image I] [workload W] [kind kubernetes] [healthcheck TEXT] [probe WORDS]`: what a health check says goes to a
 * shell, as in a Dockerfile; a probe is executed as it is written.
 * @param number Another one for each container.
 */
export function declaredContainer([name = '', ...rest]: readonly string[], number: number): Container {
  if (name === '') throw new Error('a container has a name');
  const options = pairs(rest);
  const image = options.get('image') ?? name;
  const workload = options.get('workload') ?? image;
  const [healthcheck, probe] = [options.get('healthcheck'), options.get('probe')];
  return {
    id: name.padEnd(64, '0'),
    name,
    image,
    digest: image,
    workload: { id: workload, name: workload, kind: options.get('kind') === 'kubernetes' ? 'kubernetes' : 'image' },
    cgroupId: String(number + 1000),
    pid: firstPid,
    startedAtMs: undefined,
    labels: {},
    mounts: [],
    privileged: false,
    hostNamespaces: [],
    ...(healthcheck === undefined ? {} : { healthcheck: ['/bin/sh', '-c', healthcheck] }),
    ...(probe === undefined ? {} : { probes: [probe.split(' ')] }),
  };
}
