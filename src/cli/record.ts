import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { durationBetween } from '../config/values.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { escapeForTerminal } from './terminal.ts';
import { packageVersion } from './version.ts';

interface Wanted {
  readonly path: string;
  readonly forMs: number | undefined;
  readonly workloads: readonly string[] | undefined;
}

/** Reads the flags of the command. @throws AnchorwatchError `bad-option` */
function wantedOf(own: Invocation['own']): Wanted {
  const { out, for: forText, workload } = own;
  if (typeof out !== 'string' || out === '') throw new AnchorwatchError('bad-option', '--out FILE is required');
  const duration = typeof forText === 'string' ? durationBetween('1s', '30d')(forText) : undefined;
  if (duration?.ok === false)
    throw new AnchorwatchError('bad-option', `--for: ${JSON.stringify(forText)} ${duration.problem}`);
  const names = typeof workload === 'string' ? workload.split(',').filter((name) => name !== '') : [];
  return { path: resolve(out), forMs: duration?.value, workloads: names.length === 0 ? undefined : names };
}

async function run({ own, settings, surroundings }: Invocation): Promise<number> {
  const { path, forMs, workloads } = wantedOf(own);
  const { terminal, stop } = surroundings;
  const log = createLogger({ level: settings.logLevel, name: 'record' });
  const { startRecorder } = await import('../agent/recorder.ts');
  const recorder = await startRecorder(
    {
      ...{ path, sizeBytesMax: settings.recordMaxSize, workloads, dockerHost: settings.dockerHost },
      ...{ nodeName: settings.nodeName ?? hostname(), sliceMs: settings.slice, startupMs: settings.startup },
      ...{ version: packageVersion(), allSyscalls: settings.syscalls === 'all', sensor: settings.sensor },
      ...(settings.rules === undefined ? {} : { rulePaths: settings.rules }),
    },
    log,
  );
  log.info({ ready: true, file: path }, 'recording');
  let timer: NodeJS.Timeout | undefined;
  const stopped = new Promise<'stopped'>((done) => {
    const act = (): void => {
      done('stopped');
    };
    if (stop.aborted) act();
    stop.addEventListener('abort', act, { once: true });
    if (forMs !== undefined) timer = setTimeout(act, forMs);
  });
  const reason = await Promise.race([stopped, recorder.ended]);
  clearTimeout(timer);
  await recorder.stop();
  const { entries, shed, bytes, alerts } = recorder.counters;
  const why = { stopped: '', size: ' (it has grown to --record-max-size)', failed: ' (it could not be written)' }[
    reason
  ];
  terminal.err(
    escapeForTerminal(
      `${path}: ${entries} entries, ${bytes} bytes, ${shed} shed; alerts that an agent without any profile would have raised: ${alerts}${why}`,
    ),
  );
  return reason === 'failed' ? exitStatus.failed : exitStatus.done;
}

/** `anchorwatch record` */
export const record: CommandDefinition = {
  options: 'record',
  usage: 'record',
  summary: 'record what containers do, for "anchorwatch replay"',
  description:
    'Records what the sensor tells of this machine’s containers, decoded and with secrets masked, in a compressed file that only its owner may read. ' +
    'Runs a sensor of its own and knows nothing at its start; nothing is stored or sent. Stops with Ctrl-C, or after --for. To record beside a running ' +
    'agent, with what it has learned, start that with --record FILE. Needs root for the kernel sensor.',
  flags: [
    ['--out <FILE>', 'the recording; must not be there yet'],
    ['--for <DURATION>', 'stop after this time: 10m; until Ctrl-C when left out'],
    ['--workload <NAMES>', 'these workloads only, by name or id, with "," between them'],
  ],
  examples: [
    'anchorwatch record --out shop.recording --for 10m',
    'anchorwatch record --out web.recording --workload shop/web --slice 10s',
  ],
  run,
};
