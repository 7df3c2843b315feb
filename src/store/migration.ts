/**
 * What a database file holds. The number becomes SQLite's `application_id`, so that a file of one kind is never opened as another
 * (https://www.sqlite.org/pragma.html#pragma_application_id); a number is never reused.
 */
export const databaseKinds = { collector: 0x41_57_43_01, outbox: 0x41_57_4f_01, profile: 0x41_57_50_01 } as const;
export type DatabaseKind = keyof typeof databaseKinds;

/** One step of a schema. The list of a kind is only ever appended to: position + 1 is the schema version (`user_version`). */
export interface Migration {
  /** Kebab-case, for messages. */
  readonly name: string;
  /** One or more SQL statements; run in a transaction together with the change of the version. */
  readonly sql: string;
}
