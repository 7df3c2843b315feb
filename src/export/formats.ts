import type { StoredAlert } from '../model/alert.ts';
import type { HistoryEntry } from '../model/history.ts';
import { alertColumns } from './alert-csv.ts';
import { alertToOcsf } from './alert-ocsf.ts';
import { csvLine } from './csv.ts';
import { historyColumns } from './history-csv.ts';
import { historyToOcsf } from './history-ocsf.ts';

/** How things are written one after the other. */
export interface ExportFormat<Item> {
  readonly contentType: string;
  /** What stands before the first; may be empty. */
  readonly head: string;
  /** One thing, with its line end. */
  readonly line: (item: Item) => string;
}

/** JSON lines as the API serves them, CSV, and OCSF as JSON lines. */
type Formats<Item> = Readonly<Record<'ndjson' | 'csv' | 'ocsf', ExportFormat<Item>>>;

const jsonLines = 'application/x-ndjson; charset=utf-8';
const csvType = 'text/csv; charset=utf-8; header=present';

/** Formats of alerts. @param version Of this program. */
export function alertFormats(version: string): Formats<StoredAlert> {
  return {
    ndjson: { contentType: jsonLines, head: '', line: jsonLine },
    csv: {
      contentType: csvType,
      head: csvLine(alertColumns.map(({ name }) => name)),
      line: (alert) => csvLine(alertColumns.map(({ cell }) => cell(alert))),
    },
    ocsf: { contentType: jsonLines, head: '', line: (alert) => jsonLine(alertToOcsf(alert, version)) },
  };
}

/** Formats of the history. @param version Of this program. */
export function historyFormats(version: string): Formats<HistoryEntry> {
  return {
    ndjson: { contentType: jsonLines, head: '', line: jsonLine },
    csv: {
      contentType: csvType,
      head: csvLine(historyColumns.map(({ name }) => name)),
      line: (entry) => csvLine(historyColumns.map(({ cell }) => cell(entry))),
    },
    ocsf: { contentType: jsonLines, head: '', line: (entry) => jsonLine(historyToOcsf(entry, version)) },
  };
}

/** What JSON leaves as it is and a terminal acts upon or hides. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function jsonLine(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(unsafe, (one) =>
    Array.from({ length: one.length }, (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
  return `${text}\n`;
}
