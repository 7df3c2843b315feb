import { startCollector } from '../../../src/collector/collector.ts';
import { createLogger } from '../../../src/lib/log.ts';

/** A collector as a process of its own, for the test that kills it: `collector-child.ts DIRECTORY LISTEN TOKEN`. */
const [directory = '', listen = '', agentToken = ''] = process.argv.slice(2);
await startCollector(
  { listen, storePath: `${directory}/collector.db`, agentToken, stateDir: directory, version: '0.1.0' },
  createLogger({ level: 'error' }),
);
