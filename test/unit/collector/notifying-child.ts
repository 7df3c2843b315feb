import { startCollector } from '../../../src/collector/collector.ts';
import { createLogger } from '../../../src/lib/log.ts';
import { postKind } from '../../support/post-receiver.ts';

/** A collector that notifies, as a process of its own, for the test that kills it: `notifying-child.ts DIRECTORY LISTEN TOKEN ROUTES`. */
const [directory = '', listen = '', agentToken = '', routesFile = ''] = process.argv.slice(2);
await startCollector(
  {
    ...{
      listen,
      storePath: `${directory}/collector.db`,
      agentToken,
      stateDir: directory,
      version: '0.1.0',
      routesFile,
    },
    receiverKinds: [postKind],
  },
  createLogger({ level: 'error' }),
);
