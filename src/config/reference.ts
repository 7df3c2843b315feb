import { asking, every } from './command-lists.ts';
import { listOptions, type ListedOption } from './options.ts';
import type { CommandName } from './settings.ts';

const groups = ['General', 'Agent and collector', 'Agent', 'Collector'] as const;

/** Whose option it is, by the commands that read it: an agent's, a collector's, both's, or also a command's that asks. */
function groupOf({ commands }: Pick<ListedOption, 'commands'>): (typeof groups)[number] {
  if (commands.includes('alerts')) return 'General';
  if (!commands.includes('collector')) return 'Agent';
  return commands.includes('agent') ? 'Agent and collector' : 'Collector';
}

/** Commands as a reader counts them, with one word for those that are many. */
function commandsText(commands: readonly CommandName[]): string {
  const without = (list: readonly CommandName[]): string[] => commands.filter((command) => !list.includes(command));
  const all = (list: readonly CommandName[]): boolean => list.every((command) => commands.includes(command));
  if (all(every)) return ['all that run or ask', ...without(every)].join(', ');
  return all(asking) ? [...without(asking), 'those that ask'].join(', ') : commands.join(', ');
}

function row(option: ListedOption): string {
  const fallback = option.fallback ?? option.otherwise ?? '';
  const cells = [
    `\`${flagOf(option, '', '')}\``,
    option.env.map((name) => `\`${name}\``).join(', '),
    option.name === 'config' ? '' : `\`${option.name}\``,
    option.fallback === undefined ? fallback : `\`${fallback}\``,
    commandsText(option.commands),
    option.help,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** A file of options with each kind of value that there is. */
export const exampleFile = `state: /var/lib/anchorwatch
listen: 127.0.0.1:7080
log-level: warn

# The agent's.
slice: 30s
history-size: 2GB
alert-budget: 0.5
thresholds: # the most particular one counts
  - warning: 3.5
  - namespace: shop
    dimension: file.write
    warning: 4
  - workload: shop/web
    warning: 3
    critical: 4.5
rules:
  - /etc/anchorwatch/rules

# The collector's.
retention: 30d
routes: /etc/anchorwatch/routes.yaml
public-url: https://anchorwatch.example.org
`;

/** docs/reference/options.md, made from the table of options. */
export function optionsReference(): string {
  return [
    '# Options',
    '',
    '<!-- Made by `npm run docs` from src/config/options.ts: change it there. -->',
    '',
    'Each option can be given in three ways; the first that is there counts: the flag, the environment variable, the key of the YAML',
    'file that `--config` names. An environment variable that is empty counts as not set. A key or a value that is wrong ends the',
    'program with status 2 and a message that names it and where it stands.',
    '',
    'Durations are a number and a unit: `500ms`, `60s`, `5m`, `1h`, `2d`. Sizes too: `500kB`, `256MB`, `2GB` (powers of ten).',
    '',
    `Commands that ask a collector are ${asking.join(', ')}.`,
    '',
    ...groups.flatMap((group) => [
      `## ${group}`,
      '',
      '| flag | environment | file | default | commands | what |',
      '| --- | --- | --- | --- | --- | --- |',
      ...listOptions()
        .filter((option) => groupOf(option) === group)
        .map(row),
      '',
    ]),
    '## A file',
    '',
    'Agent and collector may have the same one: each reads what is its own.',
    '',
    '```yaml',
    exampleFile.trimEnd(),
    '```',
    '',
  ].join('\n');
}

/** `--listen HOST:PORT`, with the value in angle brackets where a parser wants them. */
function flagOf({ name, placeholder }: ListedOption, open: string, close: string): string {
  return placeholder === '' ? `--${name}` : `--${name} ${open}${placeholder}${close}`;
}

/** Help text of one option with its default and environment variable, for `--help`. */
function optionHelp(option: ListedOption): string {
  const fallback = option.fallback ?? option.otherwise;
  return `${option.help}${fallback === undefined ? '' : ` Default: ${fallback}.`} [${option.env[0] ?? ''}]`;
}

/** A flag in the form that command-line parsers take (`--listen <HOST:PORT>`), and the heading of `--help` below which it stands. */
interface CommandFlag {
  readonly flag: string;
  readonly help: string;
  readonly heading: string;
  readonly several: boolean;
}

/** Flags of a command by their headings, the general ones first. */
export function commandFlags(command: CommandName): CommandFlag[] {
  return groups.flatMap((group) =>
    listOptions(command)
      .filter((option) => groupOf(option) === group)
      .map((option) => ({
        flag: flagOf(option, '<', '>'),
        help: optionHelp(option),
        heading: `${group} options:`,
        several: option.list === 'paths',
      })),
  );
}
