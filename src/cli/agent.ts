import { openStateDirectory } from '../config/state-directory.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import type { CommandDefinition } from './command.ts';
import { loadSensor } from './sensor.ts';
import { travelsInTheClear } from './peer.ts';
import { serve } from './service.ts';
import { readToken } from './token.ts';
import { watchingOf } from './watching.ts';

function required(value: string | undefined, flag: string): string {
  if (value === undefined)
    throw new AnchorwatchError(
      'bad-option',
      `${flag} is required: give the flag, its environment variable or its key in --config FILE`,
    );
  return value;
}

/** `anchorwatch agent` */
export const agent: CommandDefinition = {
  options: 'agent',
  usage: 'agent',
  summary: 'the node daemon: watch this machine for a collector elsewhere',
  description:
    'Watches the containers of this machine and sends alerts to a collector. While the collector is away, alerts wait in the state ' +
    'directory and are sent when it is back. Needs root for the kernel sensor.',
  examples: [
    'anchorwatch agent --collector wss://collector:7080 --token-file /etc/anchorwatch/token',
    'anchorwatch agent --collector wss://collector:7080 --ca-file ca.crt --client-cert node.crt --client-key node.key',
    'anchorwatch agent --config /etc/anchorwatch.yaml',
  ],
  run: ({ settings, surroundings }) => {
    const log = createLogger({ level: settings.logLevel, name: 'agent' });
    const collectorUrl = required(settings.collector, '--collector').replace(/^http/, 'ws');
    const { caFile, clientCert, clientKey } = settings;
    if ((clientCert === undefined) !== (clientKey === undefined))
      throw new AnchorwatchError('bad-option', '--client-cert and --client-key go together: give both');
    // A certificate says who it is as well.
    const tokenFile = clientCert === undefined ? required(settings.tokenFile, '--token-file') : settings.tokenFile;
    // What there is to say about the file is said at the start.
    const quiet = createLogger({ level: 'silent' });
    const token = tokenFile === undefined ? '' : readToken(tokenFile, log);
    if (travelsInTheClear(collectorUrl))
      log.warn(
        { collector: collectorUrl },
        'alerts and token travel unencrypted: keep to a private network, or use wss://',
      );
    const stateDir = openStateDirectory(settings.state);
    const watching = watchingOf(settings);
    return serve(surroundings.stop, log, async (cleanups, onReload) => {
      const sensorLoading = await loadSensor(settings, cleanups);
      const { startAgent } = await import('../agent/agent.ts');
      const running = await startAgent(
        {
          collectorUrl,
          token,
          ...(tokenFile === undefined ? {} : { renewToken: () => readToken(tokenFile, quiet) }),
          tls: { caFile, certFile: clientCert, keyFile: clientKey },
          stateDir,
          ...watching,
          ...sensorLoading,
        },
        log,
      );
      cleanups.defer('agent', () => running.stop());
      onReload(() => running.reload());
      log.info({ ready: true, collector: collectorUrl, state: stateDir, node: watching.nodeName }, 'watching');
    });
  },
};
