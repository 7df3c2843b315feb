import { resolve } from 'node:path';
import { AnchorwatchError } from '../lib/errors.ts';
import { type CommandDefinition, exitStatus } from './command.ts';
import { escapeForTerminal } from './terminal.ts';
import { storeInState } from './verify.ts';

/** `anchorwatch backup` */
export const backup: CommandDefinition = {
  options: 'backup',
  usage: 'backup <file>',
  summary: 'copy the store while the collector runs',
  description:
    'Copies the collector’s store as it is at this moment into a new file, checks the copy (structure and chain of alerts), and only then gives ' +
    'it its name; FILE.head beside it says where the chain ends, and belongs to it. The collector may run meanwhile, and is not stopped by it. ' +
    'To restore, stop the collector and put both files in the place of collector.db and collector.db.head. Runs on the machine of the collector.',
  examples: [
    'anchorwatch backup /backup/anchorwatch-$(date +%F).db',
    'anchorwatch backup --store sqlite:/data/collector.db /backup/collector.db',
    'anchorwatch verify --store sqlite:/backup/collector.db',
  ],
  run: async ({ settings, surroundings }, file = '') => {
    const { terminal } = surroundings;
    const path = settings.store ?? storeInState(settings.state);
    if (path === undefined)
      throw new AnchorwatchError(
        'store.missing',
        'there is no collector.db in the state directory: say where it is with --state DIR or --store sqlite:PATH',
      );
    const { backupStore } = await import('../collector/store-tools.ts');
    let toldMs = Date.now();
    const { alerts, end } = await backupStore(path, resolve(file), (done, pages) => {
      if (Date.now() - toldMs < 1000) return;
      toldMs = Date.now();
      terminal.err(`${String(Math.floor((done / Math.max(1, pages)) * 100))} % copied …`);
    });
    terminal.out(
      `${escapeForTerminal(file)}: ${String(alerts)} alerts, checked; the chain ends at ${String(end.seq)}:${end.hash}`,
    );
    return exitStatus.done;
  },
};
