import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { query, talk } from '../recordings/clients.ts';
import { waitFor } from '../support/wait.ts';
import type { Engine } from './engine.ts';
import { enforce } from './policy-firewall.ts';
import type { Product } from './product.ts';
import { askApplication, webApplications } from './web-applications.ts';

const run = promisify(execFile);

interface Service {
  readonly packages: readonly string[];
  readonly file?: { readonly path: string; readonly content: string };
  /** Of `docker run`, before the image. */
  readonly options?: readonly string[];
  readonly command: readonly string[];
  /** Asks for something once; rejects when it is not answered. */
  readonly ask: (host: string, number: number) => Promise<void>;
}

const fetched = async (url: string): Promise<void> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
};

const web = (name: 'node' | 'python'): Service => ({
  packages: webApplications[name].packages,
  file: { path: webApplications[name].path, content: webApplications[name].source },
  command: webApplications[name].command,
  // Below 50, what it posts it posts where that is taken.
  ask: (host, number) => askApplication(`http://${host}:8080`, number % 50),
});

/** What the exports are tried on. */
export const trialServices: Readonly<Record<string, Service>> = {
  nginx: {
    packages: [],
    command: ['/usr/sbin/nginx', '-g', 'daemon off;'],
    ask: (host) => fetched(`http://${host}/`),
  },
  redis: {
    packages: [],
    command: [
      ...['/usr/bin/redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--save', '5 10'],
      ...['--dir', '/var/lib/redis'],
    ],
    async ask(host, number) {
      const answer = await talk(host, [`SET key${number % 100} value`, 'GET key1']);
      if (!answer.includes('+OK')) throw new Error(`redis answers ${answer}`);
    },
  },
  postgres: {
    packages: ['postgresql'],
    file: { path: '/etc/open_hba.conf', content: 'host all all all trust\n' },
    options: ['--user', 'postgres'],
    command: [
      ...['/usr/lib/postgresql/15/bin/postgres', '-D', '/var/lib/postgresql/15/main', '-c', 'listen_addresses=*'],
      ...['-c', 'config_file=/etc/postgresql/15/main/postgresql.conf', '-c', 'hba_file=/etc/open_hba.conf'],
      ...['-c', 'ssl=off'],
    ],
    ask: (host) =>
      query(host, "CREATE TABLE IF NOT EXISTS item (id serial, name text); INSERT INTO item (name) VALUES ('x')"),
  },
  node: web('node'),
  python: web('python'),
};

/** 7: the kernel said no; 0: it was done. */
const perl = (code: string): readonly string[] => [
  ...['perl', '-e', `${code} or exit($!+0 == 1 || $!+0 == 13 || $!+0 == 30 ? 7 : 9); exit 0`],
];
/** What a container may do by default, and none of the services does. The numbers of calls are x86-64's. */
const attacks: Readonly<Record<string, readonly string[]>> = {
  'trace a process': perl('syscall(101, 0, 0, 0, 0) == 0'),
  'a program in memory': perl('my $name = "x"; syscall(319, $name, 0) >= 0'),
  'a raw socket': perl('socket(my $s, 2, 3, 1)'),
  'a device': perl('my $path = "/dev/shm/kmem"; syscall(133, $path, 020666, 0x103) == 0'),
  'a changed root': perl('chroot("/tmp")'),
  'a file below /etc': perl('open(my $f, ">", "/etc/passwd.new")'),
};

/** What is exported for another place than the flags of the engine: the NetworkPolicy. */
const elsewhere = 'a connection elsewhere';
/** Refused by the network: no route for it, or not permitted. */
const connecting = (host: string, port: number): readonly string[] => [
  'perl',
  '-e',
  `use Socket; socket(my $s, 2, 1, 0); connect($s, pack_sockaddr_in(${String(port)}, inet_aton("${host}"))) or exit($!+0 == 111 || $!+0 == 113 || $!+0 == 1 ? 7 : 9); exit 0`,
];

/** Each export alone, by the flags that it is of. */
const parts: Readonly<Record<string, RegExp>> = {
  seccomp: /^--security-opt=seccomp=/u,
  capabilities: /^--cap-/u,
  'read-only root': /^--(?:read-only|tmpfs=|volume=)/u,
};

/** What became of an export that was applied. */
export interface TrialOutcome {
  readonly said: { readonly kind: string; readonly samples: { readonly startup: number; readonly steady: number } };
  readonly allowedCalls: number;
  readonly flags: readonly string[];
  readonly served: { readonly answered: number; readonly failed: number };
  readonly attacks: readonly { readonly attack: string; readonly before: string; readonly after: string }[];
  /** The attacks that each export refuses with no other beside it. */
  readonly refusedBy: Readonly<Record<string, readonly string[]>>;
  /** What the container with the export said. */
  readonly log: string;
}

const samplesMin = 12;
const startsMin = 3;
const everyMs = 50;

/** Learns services under load, exports what was learned, and starts each again with that applied. */
export class ExportTrial {
  readonly #engine: Engine;
  readonly #product: Product;
  readonly #directory: string;
  /** Answers on the gateway of the engine's bridge, where no service ever connects. */
  #server: Server | undefined;
  readonly #timers: Map<string, NodeJS.Timeout> = new Map();

  constructor(engine: Engine, product: Product, directory: string) {
    [this.#engine, this.#product, this.#directory] = [engine, product, directory];
  }

  /** Starts the services and keeps them under load for so long, and until enough samples are saved. */
  async learn(names: readonly string[], forMs: number): Promise<void> {
    for (const name of names) {
      const service = serviceOf(name);
      const base = await this.#engine.debianImage(...service.packages);
      const { file } = service;
      const image = file === undefined ? base : await this.#engine.withFile(base, file.path, file.content);
      await this.#engine.cli('tag', image, `${name}:1`);
      let host = await this.#start(name, name, service.options ?? []);
      let asked = 0;
      const askOnce = (): void => {
        service.ask(host, asked++).catch(() => undefined);
      };
      this.#timers.set(name, setInterval(askOnce, everyMs));
      for (let starts = 1; starts < startsMin; starts++) {
        await waitFor(
          `start ${starts} of ${name} to be over`,
          async () => (await this.#samples(name)).startup > starts - 0.5,
          60_000,
        );
        await this.#engine.cli('restart', '-t', '5', name);
        host = await this.#addressOf(name, service);
      }
    }
    const end = performance.now() + forMs;
    await waitFor('the time of learning', () => performance.now() > end, forMs + 10_000);
    for (const name of names) {
      const isLearned = async (): Promise<boolean> => {
        const { startup, steady } = await this.#samples(name);
        return steady >= samplesMin && startup > startsMin - 0.5;
      };
      await waitFor(`samples of ${name}`, isLearned, 120_000);
      clearInterval(this.#timers.get(name));
    }
  }

  /** Exports, starts anew with that, asks for so long, and attacks both. */
  async apply(name: string, forMs = 4000): Promise<TrialOutcome> {
    const service = serviceOf(name);
    const inspect = join(this.#directory, `${name}.inspect.json`);
    writeFileSync(inspect, await this.#engine.cli('inspect', name));
    const seccomp = await this.#export('seccomp', name, inspect);
    const file = join(this.#directory, `${name}.seccomp.json`);
    writeFileSync(file, seccomp);
    const profile = JSON.parse(seccomp) as {
      'x-anchorwatch': TrialOutcome['said'];
      syscalls: readonly { action: string; names: readonly string[] }[];
    };
    const flags = (await this.#export('docker', name, inspect))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((flag) => (flag.includes('seccomp=') ? `--security-opt=seccomp=${file}` : flag));
    const hardened = `${name}-hardened`;
    const served = { answered: 0, failed: 0 };
    let log = '';
    try {
      const host = await this.#start(name, hardened, flags);
      await enforce(await this.#export('networkpolicy', name, inspect), await this.#pidOf(hardened));
      const end = performance.now() + forMs;
      for (let asked = 0; performance.now() < end || served.answered < 25; asked++) {
        await service.ask(host, asked).then(
          () => served.answered++,
          (error: unknown) => {
            served.failed++;
            log += `request ${asked}: ${String(error)}\n`;
          },
        );
        if (served.failed > 10) break;
      }
    } catch (error) {
      served.failed++;
      log = String(error);
    }
    const said = this.#engine.docker.getContainer(hardened).logs({ stdout: true, stderr: true });
    log += await said.then((text) => text.toString('latin1')).catch(String);
    const tried: Readonly<Record<string, readonly string[]>> = { ...attacks, [elsewhere]: await this.#elsewhere(name) };
    const outcomes = [];
    for (const [attack, command] of Object.entries(tried))
      outcomes.push({ attack, before: await this.#try(name, command), after: await this.#try(hardened, command) });
    const refusedBy: Record<string, readonly string[]> = {};
    for (const [part, own] of Object.entries(parts)) {
      const container = `${name}-${part.replaceAll(' ', '-')}`;
      await this.#start(name, container, [...(service.options ?? []), ...flags.filter((flag) => own.test(flag))]);
      const refused: string[] = [];
      for (const [attack, command] of Object.entries(tried))
        if ((await this.#try(container, command)) === 'refused') refused.push(attack);
      refusedBy[part] = refused;
      await this.#engine.cli('rm', '-f', '-v', container);
    }
    refusedBy['network policy'] = outcomes.flatMap(({ attack, after }) =>
      attack === elsewhere && after === 'refused' ? [attack] : [],
    );
    const allowed = profile.syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW').flatMap((rule) => rule.names);
    return {
      ...{
        said: profile['x-anchorwatch'],
        allowedCalls: new Set(allowed).size,
        flags,
        served,
        attacks: outcomes,
        refusedBy,
        log,
      },
    };
  }

  stop(): void {
    this.#server?.close();
    for (const timer of this.#timers.values()) clearInterval(timer);
  }

  async #pidOf(container: string): Promise<number> {
    return Number(await this.#engine.cli('inspect', '-f', '{{.State.Pid}}', container));
  }

  async #elsewhere(name: string): Promise<readonly string[]> {
    const gateway = await this.#engine.cli('inspect', '-f', '{{.NetworkSettings.Gateway}}', name);
    this.#server ??= createServer((socket) => socket.destroy()).listen(0, gateway);
    if (!this.#server.listening) await once(this.#server, 'listening');
    return connecting(gateway, (this.#server.address() as AddressInfo).port);
  }

  /** Answers its address when it serves. */
  async #start(name: string, container: string, options: readonly string[]): Promise<string> {
    const service = serviceOf(name);
    await this.#engine.cli('run', '-d', '--name', container, ...options, `${name}:1`, ...service.command);
    return this.#addressOf(container, service);
  }

  async #addressOf(container: string, { ask }: Service): Promise<string> {
    const host = await this.#engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', container);
    await waitFor(
      `${container} to answer`,
      () =>
        ask(host, 0).then(
          () => true,
          () => false,
        ),
      60_000,
    );
    return host;
  }

  async #samples(name: string): Promise<TrialOutcome['said']['samples']> {
    const text = await this.#export('json', name).catch(() => undefined);
    if (text === undefined) return { startup: 0, steady: 0 };
    return (JSON.parse(text) as { profile: { samples: TrialOutcome['said']['samples'] } }).profile.samples;
  }

  /** Of what the agent has saved: a collector is told ten minutes later. */
  async #export(format: string, name: string, inspect?: string): Promise<string> {
    const state = join(this.#directory, 'state');
    rmSync(state, { recursive: true, force: true });
    mkdirSync(state);
    for (const file of readdirSync(this.#product.state))
      if (file.startsWith('profiles.db')) copyFileSync(join(this.#product.state, file), join(state, file));
    const { stdout } = await run(
      process.execPath,
      [
        ...[join(import.meta.dirname, '../../bin/anchorwatch.mjs'), 'profile', 'export', format, name],
        ...['--offline', '--state', state],
        ...(inspect === undefined || format === 'json' ? [] : ['--inspect', inspect]),
      ],
      { maxBuffer: 64 << 20 },
    );
    return stdout;
  }

  async #try(container: string, command: readonly string[]): Promise<string> {
    try {
      await this.#engine.cli('exec', '--user', '0', container, ...command);
      return 'done';
    } catch (error) {
      const { code, stderr } = error as { code?: number; stderr?: string };
      return code === 7 ? 'refused' : `broken (${String(code)}: ${stderr ?? ''})`;
    }
  }
}

function serviceOf(name: string): Service {
  const service = trialServices[name];
  if (service === undefined) throw new Error(`there is no service ${name}`);
  return service;
}
