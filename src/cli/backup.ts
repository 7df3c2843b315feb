import { dirname, resolve } from 'node:path';
import { AnchorwatchError } from '../lib/errors.ts';
import { type CommandDefinition, exitStatus } from './command.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';
import { storeInState } from './verify.ts';

/** `anchorwatch backup` */
export const backup: CommandDefinition = {
  options: 'backup',
  usage: 'backup <file>',
  summary: 'copy the store, or everything that the collector keeps, while it runs',
  description:
    'Copies the collector’s store as it is at this moment into a new file, checks the copy (structure and chain of alerts), and only then gives ' +
    'it its name; FILE.head beside it says where the chain ends, and belongs to it. The collector may run meanwhile, and is not stopped by it. ' +
    'To restore, stop the collector and put both files in the place of collector.db and collector.db.head. With --everything, FILE is a new folder with the store, ' +
    'snapshots, what was learned of users of the Kubernetes API, and manifest.json with the hash of each; to restore, put what is in it into an empty state directory. ' +
    'Runs on the machine of the collector.',
  flags: [
    ['--everything', 'a folder with all that the collector keeps, not the store alone'],
    ['--check', 'compare a folder that --everything made with its manifest; nothing is copied'],
    ['--json', 'one JSON object'],
  ],
  examples: [
    'anchorwatch backup /backup/anchorwatch-$(date +%F).db',
    'anchorwatch backup --everything /backup/anchorwatch-$(date +%F)',
    'anchorwatch backup --check /backup/anchorwatch-2026-11-28',
    'anchorwatch backup --store sqlite:/data/collector.db /backup/collector.db',
    'anchorwatch verify --store sqlite:/backup/collector.db',
  ],
  run: async ({ settings, surroundings, own }, file = '') => {
    const { terminal } = surroundings;
    const said = (facts: object, text: string): number => {
      terminal.out(own['json'] === true ? jsonLine({ file, ...facts }) : `${escapeForTerminal(file)}: ${text}`);
      return exitStatus.done;
    };
    if (own['check'] === true) {
      const { checkBackup } = await import('../collector/store-tools.ts');
      const { files, createdAt } = await checkBackup(resolve(file));
      return said(
        { files: files.length, createdAt },
        `${String(files.length)} files as they were written at ${createdAt}`,
      );
    }
    const path = settings.store ?? storeInState(settings.state);
    if (path === undefined)
      throw new AnchorwatchError(
        'store.missing',
        'there is no collector.db in the state directory: say where it is with --state DIR or --store sqlite:PATH',
      );
    const { backupStore, backupFolder } = await import('../collector/store-tools.ts');
    let toldMs = Date.now();
    const progress = (done: number, pages: number): void => {
      if (Date.now() - toldMs < 1000) return;
      toldMs = Date.now();
      terminal.err(`${String(Math.floor((done / Math.max(1, pages)) * 100))} % copied …`);
    };
    if (own['everything'] === true) {
      const stateDir = dirname(storeInState(settings.state) ?? path);
      const target = { storePath: path, stateDir, folder: resolve(file), nowMs: Date.now(), progress };
      const made = await backupFolder(target);
      const last = `the chain ends at ${String(made.end.seq)}:${made.end.hash}`;
      const { alerts, end, files } = made;
      return said(
        { files: files.length, alerts, end },
        `${String(files.length)} files, ${String(alerts)} alerts, checked; ${last}`,
      );
    }
    const { alerts, end } = await backupStore(path, resolve(file), progress);
    return said({ alerts, end }, `${String(alerts)} alerts, checked; the chain ends at ${String(end.seq)}:${end.hash}`);
  },
};
