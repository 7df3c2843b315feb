import { join } from 'node:path';
import { openStateDirectory } from '../config/state-directory.ts';
import { createLogger } from '../lib/log.ts';
import { reachable } from './collector-client.ts';
import { collectingOf } from './collecting.ts';
import type { CommandDefinition } from './command.ts';
import { serve } from './service.ts';
import { escapeForTerminal } from './terminal.ts';
import { readOrMakeToken } from './token.ts';

/** `anchorwatch collector` */
export const collector: CommandDefinition = {
  options: 'collector',
  usage: 'collector',
  summary: 'the central service: store, metrics and feed for many agents',
  description:
    'Takes alerts from agents, stores them, and serves the API, Prometheus metrics and the WebSocket feed. At its first start it makes ' +
    'the token that agents need (--token-file) and says where.',
  examples: [
    'anchorwatch collector --listen 127.0.0.1:7080 --store sqlite:/var/lib/anchorwatch/collector.db',
    'anchorwatch token create admin --role admin             first: who may ask it from elsewhere',
    'anchorwatch collector --listen 0.0.0.0:7080 --tls-cert tls.crt --tls-key tls.key',
    'anchorwatch collector --listen 0.0.0.0:7080 --allow-unauthenticated   on a private network',
  ],
  run: ({ settings, surroundings }) => {
    const log = createLogger({ level: settings.logLevel, name: 'collector' });
    const stateDir = openStateDirectory(settings.state);
    const tokenFile = settings.tokenFile ?? join(stateDir, 'agent-token');
    const { token, made } = readOrMakeToken(tokenFile, log);
    const collecting = collectingOf(settings, stateDir);
    const { version, storePath } = collecting;
    return serve(surroundings.stop, log, async (cleanups, onReload) => {
      const { startCollector } = await import('../collector/collector.ts');
      const cluster = { ...collecting.cluster, sharePeers: settings.kubernetesPeers };
      const running = await startCollector({ ...collecting, agentToken: token, cluster }, log);
      cleanups.defer('collector', () => running.stop());
      onReload(() => running.reload());
      const url = reachable(running.url);
      const { terminal } = surroundings;
      terminal.out(`Anchorwatch ${version} collector: ${url}`);
      terminal.out(`  console  ${url}/`);
      terminal.out(`  metrics  ${url}/metrics`);
      terminal.out(`  feed     ${url.replace(/^http/, 'ws')}/feed`);
      terminal.out(
        `  token    ${escapeForTerminal(tokenFile)}${made ? ' (made now: agents need a copy of this file)' : ''}`,
      );
      log.info({ ready: true, url, state: stateDir, store: storePath }, 'collecting');
    });
  },
};
