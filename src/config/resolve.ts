import { delimiter } from 'node:path';
import { AnchorwatchError } from '../lib/errors.ts';
import { type FileContent, type FileEntry, type Lists, readConfigFile } from './file.ts';
import { type ListedOption, listOptions } from './options.ts';
import type { CommandName, Settings } from './settings.ts';

/** Where a value came from, in order of precedence. */
export type Source = 'flag' | 'environment' | 'file' | 'default';

export interface Given {
  /** Texts by flag name without dashes, only those that were given; lists for flags that may be given several times. */
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads the file that `--config` names; the real one when left out. */
  readonly readFile?: (file: string, lists: Lists) => FileContent;
}

export interface Resolved {
  readonly settings: Settings;
  readonly sources: Readonly<Record<keyof Settings, Source>>;
}

interface Found {
  readonly source: Source;
  /** For messages: `--listen`, `ANCHORWATCH_LISTEN`, `anchorwatch.yaml:3 listen`. */
  readonly from: string;
  readonly text: string;
}

function find(option: ListedOption, given: Given, entries: readonly FileEntry[]): Found | undefined {
  const flag = given.flags[option.name];
  if (flag !== undefined) {
    const text = typeof flag === 'string' && option.list !== 'paths' ? flag : JSON.stringify([flag].flat());
    return { source: 'flag', from: `--${option.name}`, text };
  }
  for (const name of option.env) {
    const text = given.env[name];
    if (text === undefined || text === '') continue;
    const paths = text.split(delimiter).filter((path) => path !== '');
    return { source: 'environment', from: name, text: option.list === 'paths' ? JSON.stringify(paths) : text };
  }
  const entry = entries.find(({ name }) => name === option.name);
  if (entry !== undefined) return { source: 'file', from: `${entry.where} ${entry.name}`, text: entry.text };
  return option.fallback === undefined
    ? undefined
    : { source: 'default', from: `default of --${option.name}`, text: option.fallback };
}

function nearest(name: string, names: readonly string[]): string {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const match = names.find((candidate) => plain(candidate) === plain(name) || plain(candidate).startsWith(plain(name)));
  return match === undefined ? `known are ${names.join(', ')}` : `did you mean ${match}?`;
}

/**
 * Settles every option: flag, else environment variable (an empty one counts as not set), else file, else default. Options that
 * the command does not use are settled too, so that one file serves every command and its mistakes show up early; the environment is
 * only read for options of the command.
 * @throws AnchorwatchError `bad-option`, with every mistake on a line of its own: option, where it came from, value, what is wrong.
 * `config-unreadable` when the file cannot be read.
 */
export function resolveSettings(command: CommandName, given: Given): Resolved {
  const problems: string[] = [];
  const all = listOptions();
  const names = all.map(({ name }) => name);
  const lists: Lists = new Map(all.flatMap(({ name, list }) => (list === undefined ? [] : [[name, list] as const])));
  const values: Record<string, unknown> = {};
  const sources: Record<string, Source> = {};

  const { config } = given.flags;
  const configFile = typeof config === 'string' ? config : given.env['ANCHORWATCH_CONFIG'] || undefined;
  const content = configFile === undefined ? undefined : (given.readFile ?? readConfigFile)(configFile, lists);
  problems.push(...(content?.problems ?? []));
  for (const { name, where } of content?.entries ?? []) {
    if (name === 'config') problems.push(`${where}: config cannot name another file`);
    else if (!names.includes(name))
      problems.push(`${where}: unknown option ${JSON.stringify(name)}; ${nearest(name, names)}`);
  }

  for (const option of all) {
    const env = option.commands.includes(command) ? given.env : {};
    const found = find(option, { ...given, env }, content?.entries ?? []);
    if (found === undefined) {
      sources[option.key] = 'default';
    } else if (found.text === '') {
      problems.push(`${found.from}: is empty`);
    } else {
      const parsed = option.parse(found.text);
      if (parsed.ok) values[option.key] = parsed.value;
      else problems.push(`${found.from}: ${JSON.stringify(found.text)} ${parsed.problem}`);
      sources[option.key] = found.source;
    }
  }
  if (problems.length > 0) throw new AnchorwatchError('bad-option', problems.join('\n'));
  // The table's type ties each key to the type that its parser returns; the loop over it cannot.
  return { settings: values as unknown as Settings, sources: sources as Record<keyof Settings, Source> };
}
