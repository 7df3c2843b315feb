import { Tokens } from '../access/tokens.ts';
import { systemClock } from '../lib/clock.ts';
import type { AuditRecord } from '../model/access.ts';
import type { AuditAnchorSchema } from '../store/audit-chain.ts';
import { AuditTable } from '../store/audit-table.ts';
import type { AuditSchema } from '../store/audit-table.ts';
import { collectorMigrations } from '../store/collector-migrations.ts';
import { openDatabase } from '../store/database.ts';
import { TokenTable } from '../store/token-table.ts';
import type { TokenSchema } from '../store/token-table.ts';

/** The tokens in a collector's file, without the collector: for whoever may write the file, such as for the first token. */
export interface AccessFile {
  readonly tokens: Tokens;
  /** Writes down what was changed. */
  record(record: AuditRecord): Promise<void>;
  close(): void;
}

/** Opens the file, which a running collector may have open too, or makes it. Throws AnchorwatchError `store.…`. */
export function openAccessFile(path: string): AccessFile {
  const database = openDatabase<TokenSchema & AuditSchema & AuditAnchorSchema>({
    ...{ path, kind: 'collector', migrations: collectorMigrations, synchronous: 'full' },
  });
  const audit = new AuditTable(database);
  return {
    tokens: new Tokens(new TokenTable(database), systemClock),
    record: async (record) => {
      await audit.add(record, systemClock.nowMs());
    },
    close: () => database.close(),
  };
}
