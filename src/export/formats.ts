import type { StoredAlert } from '../model/alert.ts';
import type { HistoryEntry } from '../model/history.ts';
import { alertColumns } from './alert-csv.ts';
import { alertToOcsf } from './alert-ocsf.ts';
import { csvLine } from '../lib/csv.ts';
import type { PostureView } from '../model/posture.ts';
import { historyEndToOcsf, historyToOcsf } from './history-ocsf.ts';
import { postureJunit } from './posture-junit.ts';
import { postureSarif } from './posture-sarif.ts';

/** How alerts are written one after the other. */
interface ExportFormat {
  readonly contentType: string;
  /** What stands before the first; may be empty. */
  readonly head: string;
  /** One thing, with its line end. */
  readonly line: (alert: StoredAlert) => string;
}

/** How entries of the history are written, and how each node's answer ended. */
export interface HistoryLines {
  readonly entry: (entry: HistoryEntry) => string;
  readonly end: (
    of: { readonly node: string; readonly outcome: string; readonly reason?: string },
    timeMs: number,
  ) => string;
}

/** JSON lines as the API serves them, CSV, and OCSF as JSON lines. */
type AlertFormats = Readonly<Record<'ndjson' | 'csv' | 'ocsf', ExportFormat>>;

const jsonLines = 'application/x-ndjson; charset=utf-8';
const csvType = 'text/csv; charset=utf-8; header=present';

/** Formats of alerts. @param version Of this program. */
export function alertFormats(version: string): AlertFormats {
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

/** The history in OCSF, a line each. @param version Of this program. */
export function historyOcsf(version: string): HistoryLines {
  return {
    entry: (entry) => jsonLine(historyToOcsf(entry, version)),
    end: (of, timeMs) => jsonLine(historyEndToOcsf(of, timeMs, version)),
  };
}

/** Findings of practices for other programs. @param version Of this program. */
export function postureFormats(
  version: string,
): Readonly<Record<'sarif' | 'junit', (findings: readonly PostureView[]) => string>> {
  return { sarif: postureSarif(version), junit: postureJunit };
}

/** What JSON leaves as it is and a terminal acts upon or hides. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function jsonLine(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(unsafe, (one) =>
    Array.from({ length: one.length }, (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
  return `${text}\n`;
}
