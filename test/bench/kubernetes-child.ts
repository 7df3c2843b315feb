import { accessSource } from '../../src/identity/kubernetes/access.ts';
import { ApiClient } from '../../src/identity/kubernetes/api-client.ts';
import { EventBook } from '../../src/identity/kubernetes/event-book.ts';
import { Kubernetes } from '../../src/identity/kubernetes/kubernetes.ts';
import { Reflector } from '../../src/identity/kubernetes/reflector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';

/** What asks a cluster's API, in a process of its own: `kubernetes-child.ts nothing|services|pods|events KUBECONFIG TREE`. Tells its parent how much of it is known. */
const [mode = 'nothing', kubeconfig = '', mount = ''] = process.argv.slice(2);
const log = createLogger({ level: 'silent' });
let known = (): number => 1;
if (mode === 'services' || mode === 'pods') {
  let containers = 0;
  const kubernetes = new Kubernetes({
    ...{ access: accessSource(kubeconfig), nodeName: 'node-1', peers: mode, mount, log, clock: systemClock },
    random: Math.random,
    listener: { found: () => void containers++, gone: () => void containers--, happened: () => undefined },
  });
  await kubernetes.start();
  known = (): number => containers;
}
if (mode === 'events') {
  const access = accessSource(kubeconfig);
  if (access === undefined) throw new Error('there is a kubeconfig');
  const book = new EventBook(() => undefined, log);
  const api = new ApiClient({ access });
  const path = '/api/v1/events';
  const reflector = new Reflector({
    ...{ api, path, listener: book, log, random: Math.random, pageObjects: 250 },
    kept: book.kept,
  });
  await reflector.start();
  known = (): number => book.size;
}
setInterval(() => process.send?.(known()), 200);
process.on('disconnect', () => process.exit(0));
