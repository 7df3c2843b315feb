import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startCollector } from '../../../src/collector/collector.ts';
import type { CollectorOptions } from '../../../src/collector/collector-options.ts';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import { createLogger } from '../../../src/lib/log.ts';
import type { Logger } from '../../../src/lib/log.ts';
import { Outbox } from '../../../src/outbox/outbox.ts';
import type { OutboxOptions } from '../../../src/outbox/outbox-options.ts';
import { OutboxStore } from '../../../src/store/outbox-store.ts';
import type { OutboxBounds } from '../../../src/store/outbox-store.ts';
import { waitFor } from '../../support/wait.ts';

export const token = 'a-token-of-the-agents';

/** Collectors, outboxes and clients of one test, all stopped and their files removed at its end. */
export class Harness {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  readonly lines: string[] = [];
  readonly log: Logger = createLogger({
    level: 'debug',
    destination: { write: (line: string) => void this.lines.push(line) },
  });
  readonly #undo: (() => void | Promise<void>)[] = [];

  async collector(changes: Partial<CollectorOptions> = {}): Promise<RunningCollector> {
    const { directory } = this;
    const options = {
      listen: '127.0.0.1:0',
      storePath: join(directory, 'collector.db'),
      agentToken: token,
      stateDir: directory,
      version: '0.1.0',
    };
    const running = await startCollector({ ...options, ...changes }, this.log);
    this.#undo.push(() => running.stop());
    return running;
  }

  outbox(
    url: string,
    changes: Partial<OutboxOptions> & { readonly bounds?: OutboxBounds; readonly fileName?: string } = {},
  ): Outbox {
    const { bounds = { sizeBytesMax: 64e6, ageMsMax: 1e9 }, fileName = 'outbox.db', ...options } = changes;
    const store = new OutboxStore(join(this.directory, fileName), bounds);
    const outbox = new Outbox({
      collectorUrl: url.replace('http', 'ws'),
      token,
      nodeName: 'worker-3',
      agentVersion: '0.1.0',
      file: store,
      log: this.log,
      reconnectBaseMs: 20,
      reconnectMaxMs: 100,
      refusedRetryMs: 50,
      storeRetryMs: 50,
      ...options,
    });
    this.#undo.push(async () => {
      await outbox.stop();
      store.close();
    });
    outbox.start();
    return outbox;
  }

  /** A raw connection; messages are kept as they come. */
  async client(url: string, headers: Record<string, string> = {}): Promise<Client> {
    const client = new Client(url.replace('http', 'ws'), headers);
    this.#undo.push(() => client.socket.terminate());
    await client.opened;
    return client;
  }

  defer(undo: () => void | Promise<void>): void {
    this.#undo.push(undo);
  }

  async end(): Promise<void> {
    for (const undo of this.#undo.splice(0).toReversed()) await undo();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export class Client {
  readonly socket: WebSocket;
  readonly messages: Record<string, unknown>[] = [];
  /** Close code, once closed. */
  closeCode: number | undefined;
  readonly opened: Promise<void>;

  constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data: Buffer) =>
      this.messages.push(JSON.parse(data.toString()) as Record<string, unknown>),
    );
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('unexpected-response', (_request, response) =>
        reject(new Error(`HTTP ${String(response.statusCode)}`)),
      );
      this.socket.on('error', reject);
    });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  async message(type: string): Promise<Record<string, unknown>> {
    return waitFor(`a message ${type}`, () => this.messages.find((message) => message['type'] === type));
  }

  async closed(): Promise<number> {
    return waitFor('the end of the connection', () => this.closeCode);
  }
}

export async function getJson(url: string): Promise<Record<string, unknown>> {
  return (await fetch(url)).json() as Promise<Record<string, unknown>>;
}

/** The value of a series, as it stands on /metrics; undefined when it is not there. */
export async function metric(url: string, series: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
