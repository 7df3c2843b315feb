import { obey } from './clock-offset.ts';
import { startCollector } from '../../src/collector/collector.ts';
import { createLogger } from '../../src/lib/log.ts';

/** A collector to be killed: `collector-child.ts DIRECTORY LISTEN TOKEN`. */
const [directory = '', listen = '', agentToken = ''] = process.argv.slice(2);
const collector = await startCollector(
  {
    ...{ listen, agentToken, storePath: `${directory}/collector.db`, stateDir: directory, version: '0.1.0' },
    // Nobody else is in the network namespace.
    allowUnauthenticated: true,
    // Shorter than outages are here: nodes fall silent, and come back.
    nodeSilenceMs: 500,
  },
  createLogger({ level: 'error' }),
);
const stop = (): void => void collector.stop().then(() => process.exit(0));
process.on('SIGTERM', stop);
obey(stop);
process.send?.('ready');
