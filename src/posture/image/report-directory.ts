import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { readReport, reportedMax, yamlBytesMax } from './report-formats.ts';
import type { ImageReport, ReportRefusal } from './report-formats.ts';

/** Why a file of the directory does not count. */
export type FileRefusal = ReportRefusal | 'too-large' | 'too-many-files' | 'unreadable';

/** Of one file: what Trivy says about an image of 1,500 packages is about 5 MB. */
const fileBytesMax = 16 << 20;
const filesMax = 1_000;
/** Of all reports together: 100 bytes to 200 each. */
const foundMax = 10 * reportedMax;

interface Kept {
  /** Of the file as it was read. */
  readonly mark: string;
  readonly reports: readonly ImageReport[];
  readonly refused: FileRefusal | undefined;
}

/**
 * Reports of scanners in a directory: files `*.json`, `*.yaml`, `*.yml`, each of one of the formats of src/posture/image/report-formats.ts. Looked at again from time
 * to time; what did not change is not read again, and one file is read at a time, so that nothing else waits long. What is refused is logged once with its reason and
 * counted, and the others count.
 */
export class ReportDirectory {
  readonly #directory: string;
  readonly #log: Logger;
  #files: Map<string, Kept> = new Map();
  #byDigest: ReadonlyMap<string, readonly ImageReport[]> = new Map();
  #waiting: string[] = [];
  #trouble = '';
  #version = 0;

  constructor(directory: string, log: Logger) {
    this.#directory = directory;
    this.#log = log;
  }

  /** Another one after each change. */
  get version(): number {
    return this.#version;
  }

  /** Files that do not count, by reason. */
  get refused(): Readonly<Partial<Record<FileRefusal, number>>> {
    const counts: Partial<Record<FileRefusal, number>> = {};
    for (const { refused } of this.#files.values())
      if (refused !== undefined) counts[refused] = (counts[refused] ?? 0) + 1;
    return counts;
  }

  /** Reports about an image, by any of its digests; the latest first. */
  of(digests: readonly string[]): readonly ImageReport[] {
    const found = new Set(digests.flatMap((digest) => this.#byDigest.get(digest) ?? []));
    return [...found].toSorted((a, b) => (b.madeMs ?? 0) - (a.madeMs ?? 0));
  }

  /** Looks for files that came, changed or went; `read` reads them. */
  look(): void {
    let names: readonly string[] = [];
    try {
      names = readdirSync(this.#directory).filter((name) => /\.(?:json|ya?ml)$/.test(name) && !name.startsWith('.'));
      this.#trouble = '';
    } catch (error) {
      const text = errorText(error);
      if (text !== this.#trouble)
        this.#log.error({ err: error, code: 'reports.unreadable' }, `no report of vulnerabilities counts: ${text}`);
      this.#trouble = text;
    }
    const there = new Set(names);
    let gone = false;
    for (const name of this.#files.keys()) if (!there.has(name)) gone = this.#files.delete(name) || gone;
    this.#waiting = names.filter((name) => this.#files.get(name)?.mark !== this.#markOf(name));
    if (gone) this.#index();
  }

  /** Reads one file that waits; false: none did. To be called about once a second. */
  read(): boolean {
    const name = this.#waiting.shift();
    if (name === undefined) return false;
    const mark = this.#markOf(name);
    const kept = { mark, ...this.#readOne(name) };
    this.#files.set(name, kept);
    this.#index();
    return true;
  }

  #readOne(name: string): Omit<Kept, 'mark'> {
    const path = join(this.#directory, name);
    const refuse = (refused: FileRefusal, reason: string): Omit<Kept, 'mark'> => {
      this.#log.error(
        { code: 'reports.refused', file: path, reason: refused },
        `a report of vulnerabilities does not count: ${path}: ${refused}: ${reason}`,
      );
      return { reports: [], refused };
    };
    const isYaml = !name.endsWith('.json');
    const most = isYaml ? yamlBytesMax : fileBytesMax;
    try {
      const { size } = statSync(path);
      if (size > most) return refuse('too-large', `${String(size)} bytes, more than ${String(most)}`);
      if (this.#files.size >= filesMax && !this.#files.has(name))
        return refuse('too-many-files', `more than ${String(filesMax)} files`);
      const read = readReport(readFileSync(path), isYaml);
      if ('refused' in read) return refuse(read.refused, read.reason);
      const others = [...this.#files].flatMap(([other, { reports }]) => (other === name ? [] : reports));
      if (sizeOf(others) + sizeOf(read.reports) > foundMax)
        return refuse('too-many', `more than ${String(foundMax)} vulnerabilities in all files`);
      const skipped = read.reports.reduce((sum, report) => sum + report.skipped, 0);
      if (skipped > 0)
        this.#log.warn(
          { code: 'reports.skipped', file: path, skipped },
          `${path}: ${String(skipped)} entries are no vulnerabilities as the format has them; the others count`,
        );
      return { reports: read.reports, refused: undefined };
    } catch (error) {
      return refuse('unreadable', errorText(error));
    }
  }

  #index(): void {
    const byDigest = new Map<string, ImageReport[]>();
    for (const { reports } of this.#files.values())
      for (const report of reports)
        for (const digest of report.digests) byDigest.set(digest, [...(byDigest.get(digest) ?? []), report]);
    this.#byDigest = byDigest;
    this.#version++;
  }

  #markOf(name: string): string {
    try {
      const { mtimeMs, size, ino } = statSync(join(this.#directory, name));
      return `${String(mtimeMs)} ${String(size)} ${String(ino)}`;
    } catch {
      return 'gone';
    }
  }
}

function sizeOf(reports: readonly ImageReport[]): number {
  return reports.reduce((sum, { found }) => sum + found.length, 0);
}
