import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import type { Compilable, Kysely } from 'kysely';
import { makeDirectory } from '../lib/directory.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import {
  DummyDriver,
  Kysely as QueryBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from './kysely.ts';
import { databaseKinds } from './migration.ts';
import type { DatabaseKind, Migration } from './migration.ts';

export interface DatabaseOptions {
  /** File to open; its directory is made when it is missing. */
  readonly path: string;
  readonly kind: DatabaseKind;
  readonly migrations: readonly Migration[];
  /**
   * `full`: a finished transaction survives a power cut (outbox, collector). `normal`: it survives the death of the process, and a
   * power cut may undo the last ones (https://www.sqlite.org/pragma.html#pragma_synchronous).
   */
  readonly synchronous: 'full' | 'normal';
  /** Reads the whole file and throws `store.corrupt` when its structure is damaged. For files that are read whole anyway. */
  readonly check?: boolean;
  /** How long a statement waits for another process that holds the file. Default 5000. */
  readonly busyTimeoutMs?: number;
  /** Opens for reading only: a file of an older schema is refused with `store.older`. */
  readonly readonly?: boolean;
  /** A new file gives the pages of what is deleted back to the file system, a few at a time (`giveBack`). */
  readonly shrinks?: boolean;
  /** Pages kept in memory, KiB. Default 2048, which is SQLite's. */
  readonly cacheKb?: number;
  /** Pages of the write-ahead log after which a commit copies them into the file. Default 1000, which is SQLite's. */
  readonly checkpointPages?: number;
}

/** A statement that was prepared once, for what runs too often to build its text each time. Throws as `Database` does. */
export interface Statement<Row> {
  all(...parameters: readonly unknown[]): Row[];
  first(...parameters: readonly unknown[]): Row | undefined;
  /** How many rows it changed. */
  run(...parameters: readonly unknown[]): number;
}

/**
 * One SQLite file. Queries are built with kysely (`query`) and run here, synchronously: better-sqlite3 is synchronous anyway, and a
 * transaction that cannot be interleaved with other work of the process needs no lock of its own.
 *
 * Every method throws AnchorwatchError: `store.full` (disk or quota full, retryable), `store.busy` (retryable), `store.io`
 * (retryable), `store.corrupt`, `store.unwritable`, `store.failed`.
 */
export class Database<Schema> {
  /** Query builder; what it builds is run with `all`, `first` and `run`. */
  readonly query: Kysely<Schema>;
  readonly path: string;
  readonly #sqlite: BetterSqlite.Database;
  readonly #statements = new Map<string, BetterSqlite.Statement>();

  constructor(sqlite: BetterSqlite.Database, path: string) {
    this.#sqlite = sqlite;
    this.path = path;
    this.query = new QueryBuilder<Schema>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    });
  }

  /** Rows of a query. */
  all<Row>(query: Compilable<Row>): Row[] {
    return this.#guard(() => {
      const { sql, parameters } = query.compile();
      // better-sqlite3 types rows as unknown; kysely derived Row from the same schema that the statement was compiled for.
      return this.#prepare(sql).all(...parameters) as Row[];
    });
  }

  /** First row of a query, or undefined. */
  first<Row>(query: Compilable<Row>): Row | undefined {
    return this.#guard(() => {
      const { sql, parameters } = query.compile();
      return this.#prepare(sql).get(...parameters) as Row | undefined;
    });
  }

  /** Runs an insert, update or delete; answers how many rows it changed. */
  run(query: Compilable): number {
    return this.#guard(() => {
      const { sql, parameters } = query.compile();
      return this.#prepare(sql).run(...parameters).changes;
    });
  }

  /**
   * A statement that is built once, for what is run with many rows: compiling it takes several times what running it does. `build` is given what
   * stands for each value of a row.
   */
  rowStatement<Row extends object>(build: (values: Row) => Compilable): (row: Row) => number {
    // Each property reads as a mark of its own, which the compiled parameters are told apart by.
    const marks = new Map<object, keyof Row>();
    const values = new Proxy({} as Row, {
      get: (_, name) => {
        const mark = {};
        marks.set(mark, name as keyof Row);
        return mark;
      },
    });
    const { sql, parameters } = build(values).compile();
    const names = parameters.map((mark) => marks.get(mark as object) as keyof Row);
    return (row) => this.#guard(() => this.#prepare(sql).run(...names.map((name) => row[name])).changes);
  }

  /** Runs `work` in one transaction (BEGIN IMMEDIATE); whatever it throws undoes all of it. `work` must be synchronous. */
  transaction<Result>(work: () => Result): Result {
    return this.#guard(() => this.#sqlite.transaction(work).immediate());
  }

  /** Runs `work`, which only reads, on one state of the file: what is committed meanwhile it does not see. */
  snapshot<Result>(work: () => Result): Result {
    return this.#guard(() => this.#sqlite.transaction(work).deferred());
  }

  /** Prepares SQL text. The row type is the caller's word. */
  statement<Row = never>(sql: string): Statement<Row> {
    const statement = this.#guard(() => this.#sqlite.prepare(sql));
    return {
      all: (...parameters) => this.#guard(() => statement.all(...parameters) as Row[]),
      first: (...parameters) => this.#guard(() => statement.get(...parameters) as Row | undefined),
      run: (...parameters) => this.#guard(() => statement.run(...parameters).changes),
    };
  }

  /** A value that SQLite keeps about the file (https://www.sqlite.org/pragma.html). */
  pragma(name: string): unknown {
    return this.#guard(() => this.#sqlite.pragma(name, { simple: true }));
  }

  /** Bytes of the file that hold something, and those that are free for what comes next. */
  sizes(): { readonly usedBytes: number; readonly freeBytes: number } {
    const [pageBytes, pages, free] = ['page_size', 'page_count', 'freelist_count'].map((name) =>
      Number(this.pragma(name)),
    );
    return { usedBytes: ((pages ?? 0) - (free ?? 0)) * (pageBytes ?? 0), freeBytes: (free ?? 0) * (pageBytes ?? 0) };
  }

  /**
   * Makes a file that was not made with `shrinks` one that can give pages back, by writing it anew: it needs its size once more on the disk
   * meanwhile, and nobody else can write.
   */
  makeShrinkable(): void {
    this.#guard(() => this.#sqlite.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM'));
  }

  /** Gives up to `pages` free pages back to the file system; does nothing in a file that was not made with `shrinks`. */
  giveBack(pages: number): void {
    this.#guard(() => this.#sqlite.exec(`PRAGMA incremental_vacuum(${String(pages)})`));
  }

  /**
   * Copies the file as it stands now into another, without stopping who writes to it: the reading transaction that is open meanwhile keeps
   * the pages as they are, so that the copy does not start anew with every commit (https://www.sqlite.org/backup.html).
   */
  async copyTo(path: string, progress: (donePages: number, pages: number) => void): Promise<void> {
    try {
      keepToOneself(path);
      this.#sqlite.exec('BEGIN');
      this.#sqlite.prepare('SELECT count(*) FROM sqlite_schema').get();
      await this.#sqlite.backup(path, {
        progress: ({ totalPages, remainingPages }) => {
          progress(totalPages - remainingPages, totalPages);
          return copiedPages;
        },
      });
    } catch (error) {
      throw storeError(error, path);
    } finally {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('COMMIT');
    }
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite.close();
  }

  /** Statements are kept by their text: the builders of one room make a few dozen distinct ones, filters included. */
  #prepare(sql: string): BetterSqlite.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= maxStatements) this.#statements.clear();
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.path);
    }
  }
}

const maxStatements = 256;
/** Pages that a copy takes at a time. */
const copiedPages = 2000;

/**
 * Opens a SQLite file and brings its schema up to date, in one transaction. WAL, foreign keys on.
 * Throws AnchorwatchError as `Database` does, and `store.newer` (written by a newer version) or `store.kind` (another kind of file).
 */
export function openDatabase<Schema>(options: DatabaseOptions): Database<Schema> {
  let sqlite: BetterSqlite.Database | undefined;
  try {
    const { readonly = false } = options;
    if (!readonly) {
      makeDirectory(dirname(options.path));
      keepToOneself(options.path);
    }
    sqlite = new BetterSqlite(options.path, { timeout: options.busyTimeoutMs ?? 5000, readonly });
    // Kind and version are read before anything is written, so that a file of somebody else is left as it was.
    checkKind(sqlite, options);
    if (options.cacheKb !== undefined) sqlite.pragma(`cache_size = -${String(options.cacheKb)}`);
    if (readonly) {
      checkCurrent(sqlite, options);
      return new Database<Schema>(sqlite, options.path);
    }
    // Counts only before anything is in the file, the mark of the WAL included.
    if (options.shrinks === true) sqlite.pragma('auto_vacuum = INCREMENTAL');
    sqlite.pragma('journal_mode = WAL');
    if (options.checkpointPages !== undefined) sqlite.pragma(`wal_autocheckpoint = ${String(options.checkpointPages)}`);
    sqlite.pragma(`synchronous = ${options.synchronous === 'full' ? 'FULL' : 'NORMAL'}`);
    sqlite.pragma('foreign_keys = ON');
    // Without a bound the WAL keeps the size of its largest burst for ever.
    sqlite.pragma('journal_size_limit = 16777216');
    migrate(sqlite, options);
    if (options.check === true) checkStructure(sqlite, options.path);
    return new Database<Schema>(sqlite, options.path);
  } catch (error) {
    sqlite?.close();
    throw storeError(error, options.path);
  }
}

/**
 * Alerts, hashes of tokens and what was learned are not for every user of the machine, also where the directory is open to them (a host path that a kubelet made).
 * What SQLite puts beside the file gets the mode of the file. A group that was let in stays in.
 */
function keepToOneself(path: string): void {
  if (path === ':memory:') return;
  // Made by itself, so that it is never there with another mode.
  closeSync(openSync(path, 'a', 0o600));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
    // Only its owner may: another one finds out by what follows whether the file is of use.
    if ((mode & 0o007) !== 0 && statSync(file).uid === process.getuid?.()) chmodSync(file, mode & 0o770);
  }
}

function checkKind(sqlite: BetterSqlite.Database, options: DatabaseOptions): void {
  const id = Number(sqlite.pragma('application_id', { simple: true }));
  const version = Number(sqlite.pragma('user_version', { simple: true }));
  const tables = Number(sqlite.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  if (id !== databaseKinds[options.kind] && (id !== 0 || version !== 0 || tables > 0)) {
    throw new AnchorwatchError(
      'store.kind',
      `${options.path} is a SQLite file, but not an Anchorwatch ${options.kind} database`,
    );
  }
  if (version > options.migrations.length) {
    throw new AnchorwatchError(
      'store.newer',
      `${options.path} has schema version ${String(version)}, this program knows up to ${String(options.migrations.length)}: ` +
        'it was written by a newer version of Anchorwatch; run that version, or use another file',
    );
  }
}

function checkCurrent(sqlite: BetterSqlite.Database, { path, kind, migrations }: DatabaseOptions): void {
  const id = Number(sqlite.pragma('application_id', { simple: true }));
  const version = Number(sqlite.pragma('user_version', { simple: true }));
  if (id !== databaseKinds[kind])
    throw new AnchorwatchError('store.kind', `${path} is not an Anchorwatch ${kind} database`);
  if (version === migrations.length) return;
  throw new AnchorwatchError(
    'store.older',
    `${path} has schema version ${String(version)}, this program reads ${String(migrations.length)}: ` +
      'start the collector on it once, which brings it up to date',
  );
}

function checkStructure(sqlite: BetterSqlite.Database, path: string): void {
  const found = sqlite.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw corrupt(path, String(found));
}

/** The error for a file whose content cannot be what was written. */
export function corrupt(path: string, detail: string): AnchorwatchError {
  return storeError(Object.assign(new Error(detail), { code: 'SQLITE_CORRUPT' }), path);
}

function migrate(sqlite: BetterSqlite.Database, options: DatabaseOptions): void {
  const apply = sqlite.transaction(() => {
    // Read again inside the transaction: another process may have migrated the file in between.
    const version = Number(sqlite.pragma('user_version', { simple: true }));
    for (const migration of options.migrations.slice(version)) sqlite.exec(migration.sql);
    if (version < options.migrations.length) {
      sqlite.pragma(`application_id = ${String(databaseKinds[options.kind])}`);
      sqlite.pragma(`user_version = ${String(options.migrations.length)}`);
    }
  });
  apply.immediate();
}

/** SQLite's result codes (https://www.sqlite.org/rescode.html) and those of the file system, as stable codes. */
export function storeError(error: unknown, path: string): AnchorwatchError {
  if (error instanceof AnchorwatchError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const known = reasons.find(([pattern]) => pattern.test(code));
  const [, stable, reason, retryable] = known ?? [undefined, 'store.failed', 'the store failed', false];
  return new AnchorwatchError(stable, `${path}: ${reason}: ${cause.message}`, { cause, retryable });
}

// SQLITE_IOERR_SHMSIZE is what a full disk gives when the shared-memory file of the WAL cannot grow.
const reasons: readonly (readonly [RegExp, string, string, boolean])[] = [
  [/^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)$/u, 'store.full', 'no space left to write', true],
  [/^SQLITE_(BUSY|LOCKED)/u, 'store.busy', 'another process holds the file', true],
  [
    /^SQLITE_(CORRUPT|NOTADB)/u,
    'store.corrupt',
    'the file is damaged or not a database; move it away to start with a new one',
    false,
  ],
  [
    /^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH)|EACCES|EPERM|EROFS|ENOTDIR|EISDIR|ENOENT)/u,
    'store.unwritable',
    'the file cannot be opened for writing',
    false,
  ],
  [/^(SQLITE_IOERR|EIO)/u, 'store.io', 'input/output error', true],
];
