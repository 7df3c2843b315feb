import { join } from 'node:path';
import { openAccessFile } from '../../../src/collector/access-file.ts';
import type { CollectorOptions } from '../../../src/collector/collector-options.ts';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import type { Role } from '../../../src/model/access.ts';
import { Client, Harness } from './harness.ts';

export interface Said {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** One collector, and clients of it with and without tokens. */
export class AccessHarness extends Harness {
  /** The one that was started last. */
  running: RunningCollector | undefined;

  get url(): string {
    return this.running?.url ?? '';
  }

  async start(changes: Partial<CollectorOptions> = {}): Promise<void> {
    this.running = await this.collector(changes);
  }

  /** Makes a token in the collector's file, as the command line does. */
  async makeToken(role: Role, more: { readonly node?: string; readonly expiresInMs?: number } = {}): Promise<string> {
    const file = openAccessFile(join(this.directory, 'collector.db'));
    try {
      const name = `a-${role}-${String(Math.random()).slice(2, 8)}`;
      return (await file.tokens.create({ name, role, ...more }, 'test')).secret;
    } finally {
      file.close();
    }
  }

  /** Revokes a token in the collector's file, as the command line does. */
  async revoke(secret: string): Promise<void> {
    const file = openAccessFile(join(this.directory, 'collector.db'));
    await file.tokens.revoke(secret.split('_')[1]!, 'test');
    file.close();
  }

  async ask(route: string, token?: string, body?: unknown): Promise<Said> {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  }

  /** Opens a WebSocket; 101 when it was opened, else the status. */
  async dial(path: string, token?: string, protocols: readonly string[] = []): Promise<number> {
    const client = new Client(`${this.url.replace('http', 'ws')}${path}`, {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(protocols.length === 0 ? {} : { 'sec-websocket-protocol': protocols.join(', ') }),
    });
    this.defer(() => client.socket.terminate());
    try {
      await client.opened;
      return 101;
    } catch (error) {
      return Number(/\d{3}/.exec(String(error))?.[0] ?? 0);
    }
  }
}
