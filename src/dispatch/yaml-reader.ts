import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import { errorText } from '../lib/errors.ts';
import { nearestName } from '../lib/suggestion.ts';
import type { RoutesProblem } from './routes.ts';

/** A value in a file, as far as it is there. */
export type Value = Node | undefined;

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const longestMs = 366 * 86_400_000;
const fileMax = 1_048_576;
const problemsMax = 100;

/** `500ms`, `60s`, `5m`, `1h`, `2d`; undefined: it is no duration, or one beyond a year. @returns Milliseconds. */
export function durationOf(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  const valueMs = match === null ? Number.NaN : Math.round(Number(match[1]) * (unitsMs[match[2] ?? ''] ?? Number.NaN));
  return valueMs >= 0 && valueMs <= longestMs ? valueMs : undefined;
}

/** ` did you mean X?`, or which ones there are. */
export function suggestionFor(written: string, names: readonly string[]): string {
  const meant = nearestName(written, names) ?? names.find((name) => name.toLowerCase() === written.toLowerCase());
  if (meant !== undefined) return `did you mean ${meant}?`;
  return names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
}

/** Reads a YAML file piece by piece, and keeps everything that is wrong in it with where it is. */
export class YamlReader {
  readonly file: string;
  readonly problems: RoutesProblem[] = [];
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    const tooLong = Buffer.byteLength(text) > fileMax;
    this.#document = parseDocument(tooLong ? '' : text, { lineCounter: this.#lines, uniqueKeys: true });
    if (tooLong) this.#add(0, `the file is larger than ${String(fileMax)} bytes`);
    for (const { pos, message } of this.#document.errors)
      this.#add(pos[0], `not valid YAML: ${(message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')}`);
  }

  /** The whole file; undefined where it is no YAML, or empty. */
  get contents(): Value {
    return this.problems.length > 0 ? undefined : (this.#document.contents ?? undefined);
  }

  line(value: Value): number {
    return this.#lines.linePos(value?.range?.[0] ?? 0).line || 1;
  }

  problem(value: Value, message: string): void {
    this.#add(value?.range?.[0] ?? 0, message);
  }

  /** What an alias stands for; everything else as it is. */
  resolved(value: Value): Value {
    if (!isAlias(value)) return value;
    const target = value.resolve(this.#document);
    if (target === undefined) this.problem(value, `nothing before it is marked &${value.source}`);
    return target;
  }

  /** The members of a mapping by their keys; a key that is not among `keys` is a problem. Undefined: it is no mapping. */
  mapping(given: Value, what: string, keys: readonly string[] | undefined): ReadonlyMap<string, Member> | undefined {
    const value = this.resolved(given);
    if (!isMap(value)) {
      this.problem(given, `${what} must be a mapping of keys to values`);
      return undefined;
    }
    return this.#members(value, what, keys);
  }

  #members(map: YAMLMap, what: string, keys: readonly string[] | undefined): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>();
    for (const { key, value } of map.items) {
      const at = isNode(key) ? key : undefined;
      const name = isScalar(key) ? String(key.value) : '';
      if (keys === undefined || keys.includes(name))
        members.set(name, { key: at, value: isNode(value) ? value : undefined });
      else if (at?.range !== undefined)
        this.problem(at, `${what} has no key ${JSON.stringify(name)}; ${suggestionFor(name, keys)}`);
      else this.problem(map, `${what} has a key that is no text`);
    }
    return members;
  }

  /** The members of a list; undefined: it is none. */
  list(given: Value, what: string): readonly Value[] | undefined {
    const value = this.resolved(given);
    if (isSeq(value)) return value.items.map((item) => (isNode(item) ? item : undefined));
    this.problem(given, `${what} must be a list`);
    return undefined;
  }

  /** Undefined: it is no text (numbers are taken as they are written). */
  text(given: Value, what: string): string | undefined {
    const value = this.resolved(given);
    if (isScalar(value) && (typeof value.value === 'string' || typeof value.value === 'number'))
      return value.source ?? String(value.value);
    this.problem(given, `${what} must be a text`);
    return undefined;
  }

  /** One text, or a list of them, with where each stands. */
  texts(given: Value, what: string): readonly { readonly text: string; readonly at: Value }[] | undefined {
    const value = this.resolved(given);
    const items = isSeq(value) ? (this.list(given, what) ?? []) : [given];
    const read = items.map((at) => ({ text: this.text(at, isSeq(value) ? `each of ${what}` : what), at }));
    return read.flatMap(({ text, at }) => (text === undefined ? [] : [{ text, at }]));
  }

  truth(given: Value, what: string): boolean | undefined {
    const value = this.resolved(given);
    if (isScalar(value) && typeof value.value === 'boolean') return value.value;
    this.problem(given, `${what} must be true or false`);
    return undefined;
  }

  /** @returns Milliseconds. */
  duration(given: Value, what: string, leastMs = 0): number | undefined {
    const text = this.text(given, what);
    if (text === undefined) return undefined;
    const valueMs = durationOf(text);
    if (valueMs === undefined)
      this.problem(given, `${what}: ${JSON.stringify(text)} is no duration such as 30s, 5m, 4h or 1d, of at most 366d`);
    else if (valueMs < leastMs) this.problem(given, `${what} is too short: at least ${String(leastMs / 1000)}s`);
    else return valueMs;
    return undefined;
  }

  /** One of a closed set of words. */
  word<Word extends string>(given: Value, what: string, words: readonly Word[]): Word | undefined {
    const text = this.text(given, what);
    const word = words.find((one) => one === text);
    if (word === undefined && text !== undefined)
      this.problem(given, `${what}: ${JSON.stringify(text)} is unknown; ${suggestionFor(text, words)}`);
    return word;
  }

  /** The value without YAML. Undefined where an alias refers to too much, which is a problem. */
  plain(given: Value): unknown {
    try {
      return given?.toJS(this.#document, { maxAliasCount: 100 }) as unknown;
    } catch (error) {
      this.problem(given, errorText(error));
      return undefined;
    }
  }

  /** The innermost value of a path below another that there is. @param key Where the last key of it stands instead. */
  within(value: Value, path: readonly (string | number)[], key = false): Value {
    let at = this.resolved(value);
    for (const [index, step] of path.entries()) {
      const pair = isMap(at)
        ? at.items.find((one) => isScalar(one.key) && String(one.key.value) === String(step))
        : undefined;
      if (key && index === path.length - 1 && isNode(pair?.key)) return pair.key;
      const inner: unknown = isSeq(at) ? at.get(step, true) : pair?.value;
      if (!isNode(inner)) break;
      at = this.resolved(inner);
    }
    return at ?? value;
  }

  #add(offset: number, message: string): void {
    if (this.problems.length >= problemsMax) return;
    const { line, col } = this.#lines.linePos(offset);
    this.problems.push({ file: this.file, line: line || 1, column: col || 1, message });
  }
}

/** A member of a mapping: where its key stands, and its value. */
export interface Member {
  readonly key: Value;
  readonly value: Value;
}
