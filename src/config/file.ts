import { readFileSync } from 'node:fs';
import type { Document } from 'yaml';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { yaml } from '../lib/yaml.ts';

/** One key of a configuration file. */
export interface FileEntry {
  readonly name: string;
  /** As written; numbers and booleans as text, lists and paths as JSON. */
  readonly text: string;
  /** `FILE:LINE` */
  readonly where: string;
}

export interface FileContent {
  readonly entries: readonly FileEntry[];
  /** What is wrong with the file, a sentence each; empty when nothing is. */
  readonly problems: readonly string[];
}

/** Options whose value is a list, and of what. */
export type Lists = ReadonlyMap<string, 'mappings' | 'paths'>;

const maximumBytes = 1_048_576;

/**
 * Takes a configuration file apart: a YAML mapping of option names to single values, or to lists of mappings.
 * @param file Its name, for messages.
 * @param lists Options whose value is a list, by name, and of what.
 */
export function parseConfigFile(file: string, text: string, lists: Lists): FileContent {
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): string => `${file}:${String(lines.linePos(offset).line)}`;
  if (document.errors.length > 0) {
    return {
      entries: [],
      problems: document.errors.map(
        (error) => `${at(error.pos[0])}: not valid YAML: ${error.message.split('\n')[0] ?? ''}`,
      ),
    };
  }
  const { contents } = document;
  if (contents === null) return { entries: [], problems: [] };
  if (!isMap(contents)) return { entries: [], problems: [`${file}: must be a mapping of option names to values`] };
  const entries: FileEntry[] = [];
  const problems: string[] = [];
  for (const { key, value } of contents.items) {
    const where = isScalar(key) && key.range ? at(key.range[0]) : file;
    const name = isScalar(key) ? String(key.value) : '';
    const list = lists.get(name);
    if (list === 'paths') {
      const given = plainOf(value, document);
      const paths: readonly unknown[] = Array.isArray(given) ? given : [given];
      if (paths.length > 0 && paths.every((path) => typeof path === 'string'))
        entries.push({ name, text: JSON.stringify(paths), where });
      else problems.push(`${where}: ${name} must be a path or a list of paths`);
    } else if (list === 'mappings') {
      const json = isSeq(value) ? jsonOf(plainOf(value, document)) : undefined;
      if (json !== undefined) entries.push({ name, text: json, where });
      else problems.push(`${where}: ${name} must be a list of mappings: one "- key: value" for each`);
    } else if (!isScalar(value) || !['string', 'number', 'boolean'].includes(typeof value.value)) {
      problems.push(`${where}: ${name === '' ? 'a key' : name} must have one value: a text, a number or true or false`);
    } else {
      entries.push({ name, text: value.source ?? String(value.value), where });
    }
  }
  return { entries, problems };
}

/** The value without YAML; undefined when it refers to what is not there, or to too much (`*alias`). */
function plainOf(value: unknown, document: Document): unknown {
  try {
    return yaml().isNode(value) ? value.toJS(document, { maxAliasCount: 100 }) : value;
  } catch {
    return undefined;
  }
}

/** JSON of a value; undefined when it holds itself. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Reads and parses a configuration file. @throws AnchorwatchError `config-unreadable` */
export function readConfigFile(file: string, lists: Lists): FileContent {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new AnchorwatchError('config-unreadable', `cannot read the configuration file ${file}: ${errorText(error)}`, {
      cause: error,
    });
  }
  if (bytes.length > maximumBytes) {
    throw new AnchorwatchError(
      'config-unreadable',
      `the configuration file ${file} is larger than ${String(maximumBytes)} bytes`,
    );
  }
  return parseConfigFile(file, bytes.toString('utf8'), lists);
}
