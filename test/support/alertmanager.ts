import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from './wait.ts';

/** An alert as Alertmanager lists it. */
export interface ListedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly status: { readonly state: string };
}

/** A real Alertmanager of its own. */
export class RunningAlertmanager {
  readonly url: string;
  readonly #stop: () => Promise<void>;

  private constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.#stop = stop;
  }

  /** @param notified Where it posts what it would tell people, a group of one `dedup_key` each. */
  static async start(notified: string): Promise<RunningAlertmanager> {
    const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-alertmanager-'));
    const config = [
      ...['route:', '  receiver: people', '  group_by: [dedup_key]'],
      ...['  group_wait: 100ms', '  group_interval: 200ms', '  repeat_interval: 1h'],
      ...[
        'receivers:',
        '  - name: people',
        '    webhook_configs:',
        `      - url: ${notified}`,
        '        send_resolved: true',
      ],
    ];
    writeFileSync(join(directory, 'alertmanager.yml'), `${config.join('\n')}\n`);
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    const child = spawn(
      'prometheus-alertmanager',
      [
        ...[`--config.file=${join(directory, 'alertmanager.yml')}`, `--storage.path=${join(directory, 'data')}`],
        ...[`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=', '--log.level=error'],
      ],
      { stdio: 'ignore' },
    );
    const stop = async (): Promise<void> => {
      if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    };
    await waitFor(
      'Alertmanager',
      () =>
        fetch(`${url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      20_000,
    );
    return new RunningAlertmanager(url, stop);
  }

  /** What is firing by its API. */
  async firing(): Promise<readonly ListedAlert[]> {
    return (await (await fetch(`${this.url}/api/v2/alerts`)).json()) as ListedAlert[];
  }

  /** What amtool finds for matchers such as `severity=critical`. */
  async query(...matchers: readonly string[]): Promise<readonly ListedAlert[]> {
    const args = ['alert', 'query', ...matchers, `--alertmanager.url=${this.url}`, '--output=json'];
    const { stdout } = await promisify(execFile)('amtool', args);
    return JSON.parse(stdout) as ListedAlert[];
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
