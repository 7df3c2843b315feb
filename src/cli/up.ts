import { join } from 'node:path';
import { openStateDirectory } from '../config/state-directory.ts';
import { createLogger, type Logger } from '../lib/log.ts';
import { reachable } from './collector-client.ts';
import { collectingOf } from './collecting.ts';
import type { CommandDefinition, Invocation } from './command.ts';
import { loadSensor } from './sensor.ts';
import { serve } from './service.ts';
import { escapeForTerminal, type Terminal } from './terminal.ts';
import { readOrMakeToken } from './token.ts';
import { packageVersion } from './version.ts';
import { watchingOf } from './watching.ts';

/** Where things are, for a person who has just started the program. */
function announce(
  terminal: Terminal,
  at: { readonly url: string; readonly state: string; readonly engine: string; readonly node: string },
): void {
  const feed = at.url.replace(/^http/, 'ws');
  const lines: [string, string][] = [
    ['engine', at.engine],
    ['console', `${at.url}/`],
    ['API', `${at.url}/api/v1/alerts`],
    ['metrics', `${at.url}/metrics`],
    ['feed', `${feed}/feed`],
    ['state', at.state],
    ['alerts', 'anchorwatch alerts --follow (in a checkout: npx anchorwatch …)'],
  ];
  terminal.out(
    `Anchorwatch ${packageVersion()} watches the containers of this machine (node ${escapeForTerminal(at.node)}).`,
  );
  for (const [name, value] of lines) terminal.out(`  ${name.padEnd(8)} ${escapeForTerminal(value)}`);
  terminal.out(
    'It learns from now on; what no workload should ever do is reported from the first second. Stop with Ctrl-C.',
  );
}

async function startBoth({ settings, surroundings }: Invocation, log: Logger): Promise<number> {
  const state = openStateDirectory(settings.state);
  const watching = watchingOf(settings);
  const { nodeName } = watching;
  const { token } = readOrMakeToken(settings.tokenFile ?? join(state, 'agent-token'), log);
  const collecting = collectingOf(settings, state);
  return serve(surroundings.stop, log, async (cleanups, onReload) => {
    const sensorLoading = await loadSensor(settings, cleanups);
    const { startCollector } = await import('../collector/collector.ts');
    const collector = await startCollector(
      { ...collecting, agentToken: token, localNode: nodeName, storeThreads: false },
      log.child({ part: 'collector' }),
    );
    cleanups.defer('collector', () => collector.stop());
    const url = reachable(collector.url);
    const { startAgent } = await import('../agent/agent.ts');
    const agent = await startAgent(
      {
        collectorUrl: url.replace(/^http/, 'ws'),
        token,
        // The agent of this process knows the collector by its very certificate.
        ...(collecting.tls === undefined ? {} : { tls: { pinnedFile: collecting.tls.certFile } }),
        stateDir: state,
        ...watching,
        ...sensorLoading,
      },
      log.child({ part: 'agent' }),
    );
    cleanups.defer('agent', () => agent.stop());
    onReload(() => {
      collector.reload();
      agent.reload();
    });
    const engine = settings.dockerHost ?? 'the usual sockets of Docker and Podman';
    announce(surroundings.terminal, { url, state, engine, node: nodeName });
    log.info({ ready: true, url, state, node: nodeName }, 'watching');
  });
}

/** `anchorwatch up` */
export const up: CommandDefinition = {
  options: 'up',
  usage: 'up',
  summary: 'agent and collector in one process: watch this machine',
  description:
    'Watches the containers of this machine: runs the agent and the collector in one process, with everything embedded. ' +
    'Needs root for the kernel sensor; "anchorwatch doctor" says what works here.',
  examples: [
    'anchorwatch up                             watch, state in /var/lib/anchorwatch',
    'anchorwatch up --listen 127.0.0.1:0        on a free port, which is printed',
    'anchorwatch up --state ./state --slice 10s   learn in shorter slices, for trying it out',
    'anchorwatch alerts --follow                in another terminal: alerts as they come',
  ],
  run: (invocation) => startBoth(invocation, createLogger({ level: invocation.settings.logLevel })),
};
