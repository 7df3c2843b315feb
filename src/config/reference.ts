import { listOptions, type ListedOption } from './options.ts';
import type { CommandName } from './settings.ts';

function row(option: ListedOption): string {
  const fallback = option.fallback ?? option.otherwise ?? '';
  const cells = [
    `\`${flagOf(option, '', '')}\``,
    option.env.map((name) => `\`${name}\``).join(', '),
    option.name === 'config' ? '' : `\`${option.name}\``,
    option.fallback === undefined ? fallback : `\`${fallback}\``,
    option.commands.join(' '),
    option.help,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

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
    '| flag | environment | file | default | commands | what |',
    '| --- | --- | --- | --- | --- | --- |',
    ...listOptions().map(row),
    '',
    'A file:',
    '',
    '```yaml',
    'state: /var/lib/anchorwatch',
    'listen: 127.0.0.1:7080',
    'log-level: warn',
    'slice: 30s',
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

/** Flags of a command in the form that command-line parsers take: `--listen <HOST:PORT>`. */
export function commandFlags(
  command: CommandName,
): { readonly flag: string; readonly help: string; readonly several: boolean }[] {
  return listOptions(command).map((option) => ({
    flag: flagOf(option, '<', '>'),
    help: optionHelp(option),
    several: option.list === 'paths',
  }));
}
