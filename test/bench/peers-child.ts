import { SharedPeers } from '../../src/identity/kubernetes/shared-peers.ts';
import { createLogger } from '../../src/lib/log.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { PeerCompanion } from '../../src/outbox/peer-companion.ts';
import type { PeerTaker } from '../../src/outbox/peer-companion.ts';
import type { PeersMessage } from '../../src/protocol/peers-schema.ts';
import { clusterUid } from './peers-cluster.ts';

/** Many agents in one process that take the names of peers, and do nothing else: `peers-child.ts URL TOKEN COUNT`. Tells its parent how far they are. */
const [collectorUrl = '', token = '', count = '0'] = process.argv.slice(2);
const log = createLogger({ level: 'silent' });

class Taker implements PeerTaker {
  readonly shared: SharedPeers = new SharedPeers();
  #send: Parameters<PeerTaker['opened']>[1] = () => undefined;

  opened(shares: string, send: Parameters<PeerTaker['opened']>[1]): void {
    this.#send = send;
    if (shares !== 'none') send({ cluster: clusterUid, ...this.shared.position, reason: 'asks' });
  }

  told(message: PeersMessage): void {
    if (message.type === 'peers-none') return;
    const taken = this.shared.take(message);
    const reason = taken === 'whole' || taken === 'part' ? 'taken' : taken;
    this.#send({ cluster: clusterUid, ...this.shared.position, reason });
  }

  ended(): void {
    this.shared.dropComing();
  }
}

const file = {
  put: (): { depth: number; dropped: [] } => ({ depth: 0, dropped: [] }),
  next: (): { waiting: []; depth: number; dropped: []; damaged: number } => ({
    ...{ waiting: [], depth: 0, dropped: [], damaged: 0 },
  }),
  settle: (): { depth: number } => ({ depth: 0 }),
};
const takers = Array.from({ length: Number(count) }, (_, index) => {
  const taker = new Taker();
  const companion = new PeerCompanion(() => taker);
  const nodeName = `node-${String(index)}`;
  new Outbox({ collectorUrl, token, nodeName, agentVersion: '0.1.0', file, log, companion }).start();
  return taker;
});
setInterval(() => {
  process.send?.({
    names: takers.map(({ shared }) => shared.size),
    versions: takers.map(({ shared }) => shared.position.version),
  });
}, 250);
process.on('disconnect', () => process.exit(0));
