// Agents that send batches at a given pace, at little cost of their own.
import { WebSocket } from 'ws';
import { limits, protocolVersion } from '../../src/protocol/limits.ts';
import { alertId, makeAlert } from '../support/alerts.ts';

export interface AgentLoad {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  /** Alerts in one batch, at most `limits.batchAlerts`. */
  readonly batchAlerts: number;
  /** Of all connections together. */
  readonly alertsPerSecond: number;
  /** Acknowledgements count from here on; what is before warms up. */
  readonly warmUpMs: number;
  readonly runMs: number;
  /** Told of each alert when it is sent, after the warm-up. */
  readonly sent?: (id: string, atMs: number) => void;
}

export interface AgentResult {
  readonly acknowledged: number;
  /** From the moment that a batch was due, whether or not its agent could send it then. */
  readonly ackDelaysMs: readonly number[];
}

const dimensions = ['exec', 'file.write', 'net.out', 'privilege'] as const;
const severities = ['notice', 'warning', 'warning', 'critical'] as const;
const containersOfNode = 10;

/** Runs the load; resolves at its end. Rejects when a collector refuses or a connection ends. */
export async function runAgents(load: AgentLoad): Promise<AgentResult> {
  const delays: number[] = [];
  let acknowledged = 0;
  const everyMs = (load.connections * load.batchAlerts * 1000) / load.alertsPerSecond;
  const sockets = await Promise.all(Array.from({ length: load.connections }, (_, number) => connect(load, number)));
  const beginMs = performance.now();
  const [countFromMs, endMs] = [beginMs + load.warmUpMs, beginMs + load.warmUpMs + load.runMs];
  await Promise.all(
    sockets.map(
      (socket, number) =>
        new Promise<void>((resolve, reject) => {
          const batches = new Batches(number, load.batchAlerts);
          // Spread over the interval, as agents are.
          let dueMs = beginMs + (everyMs * number) / load.connections;
          const send = (): void => {
            if (dueMs >= endMs) {
              resolve();
              return;
            }
            const nowMs = performance.now();
            socket.send(batches.next(nowMs < countFromMs ? undefined : (id) => load.sent?.(id, nowMs)));
          };
          socket.on('message', (data: Buffer) => {
            const message = JSON.parse(data.toString()) as { type: string; stored?: number };
            if (message.type !== 'ack') {
              if (message.type === 'refuse') reject(new Error(data.toString()));
              return;
            }
            const nowMs = performance.now();
            if (nowMs >= countFromMs && nowMs < endMs) {
              acknowledged += message.stored ?? 0;
              delays.push(nowMs - dueMs);
            }
            dueMs += everyMs;
            setTimeout(send, Math.max(0, dueMs - nowMs));
          });
          socket.on('close', (code, reason) => {
            reject(new Error(`a connection of an agent ended with ${String(code)} ${reason.toString()}`));
          });
          setTimeout(send, Math.max(0, dueMs - performance.now()));
        }),
    ),
  );
  for (const socket of sockets) {
    socket.removeAllListeners('close');
    socket.close();
  }
  return { acknowledged, ackDelaysMs: delays };
}

async function connect({ url, token }: AgentLoad, number: number): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/agent`, {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
    // A mask of zeros, which changes nothing: masking would be a cost of the load's.
    generateMask: () => undefined,
  });
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('message', resolve);
    socket.once('open', () => {
      const node = `bench-${String(number)}`;
      socket.send(JSON.stringify({ type: 'hello', protocol: protocolVersion, node, agentVersion: '0.0.0' }));
    });
  });
  return socket;
}

/** Batches of one node: alerts of ten containers, of twenty workloads, four dimensions and three severities; some tens in one incident. */
class Batches {
  readonly #parts: readonly (readonly string[])[];
  readonly #incidents: string[];
  #seq = 0;
  #sent = 0;

  constructor(node: number, size: number) {
    const mark = (name: string): string => `01JD0000000000000000000${name}`;
    const [id, time, incident] = [mark('ID0'), '2026-01-01T00:00:00.000Z', mark('NC0')];
    this.#parts = Array.from({ length: Math.min(size, limits.batchAlerts) }, (_, index) => {
      const container = index % containersOfNode;
      const workload = `shop/service-${String((node + container) % 20)}`;
      const alert = makeAlert(0, {
        ...{ id, time, lastTime: time, incident, node: `bench-${String(node)}` },
        severity: severities[index % severities.length] ?? 'notice',
        dimension: dimensions[(index + container) % dimensions.length] ?? 'exec',
        workload: { id: `w-${workload}`, name: workload, kind: 'compose' },
        container: {
          id: `${String(node).padStart(6, '0')}${String(container).padStart(6, '0')}`.padEnd(64, 'a'),
          name: `${workload}-${String(node)}`,
          ...{ image: 'registry.example/shop/service:1.27', digest: `sha256:${'0'.repeat(64)}` },
        },
      });
      return JSON.stringify(alert).split(new RegExp(`(${id}|${time}|${incident})`));
    }).map((parts) =>
      parts.map((part) => (part === id ? 'ID' : part === time ? 'TIME' : part === incident ? 'NC' : part)),
    );
    this.#incidents = Array.from({ length: containersOfNode }, () => nextId());
  }

  next(sent: ((id: string) => void) | undefined): string {
    this.#seq += 1;
    const time = new Date().toISOString();
    const alerts = this.#parts.map((parts) => {
      const id = nextId();
      sent?.(id);
      this.#sent += 1;
      const container = this.#sent % containersOfNode;
      if (this.#sent % 500 === 0) this.#incidents[container] = id;
      const incident = this.#incidents[container] ?? id;
      let text = '';
      for (const part of parts) text += part === 'ID' ? id : part === 'TIME' ? time : part === 'NC' ? incident : part;
      return text;
    });
    return `{"type":"batch","seq":${String(this.#seq)},"alerts":[${alerts.join(',')}]}`;
  }
}

let ids = 0;

/** An id that was not there before, in order as ULIDs are, without the randomness of one, which would cost more than the rest of the alert. */
function nextId(): string {
  ids += 1;
  return alertId(ids);
}
