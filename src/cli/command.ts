import { Command, Option } from 'commander';
import type { CommandName, Settings } from '../config/settings.ts';
import { commandFlags } from '../config/reference.ts';
import { resolveSettings, type Resolved } from '../config/resolve.ts';
import type { Terminal } from './terminal.ts';

/** What the process gives to a command. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the command shall end: SIGINT and SIGTERM. */
  readonly stop: AbortSignal;
}

/** Exit status of the program. `met`: what `--fail-on` names is there. */
export const exitStatus = { done: 0, failed: 1, usage: 2, met: 3 } as const;

type FlagValue = string | boolean | undefined;

/** What a command is called with: its settled options and its own flags. */
export interface Invocation {
  readonly settings: Settings;
  readonly sources: Resolved['sources'];
  /** Flags that only this command has, by their camel-case names. */
  readonly own: Readonly<Record<string, FlagValue>>;
  readonly surroundings: Surroundings;
}

export interface CommandDefinition {
  /** Name of the options that it reads. */
  readonly options: CommandName;
  /** Name and arguments: `show <workload>`, `test <file...>`. */
  readonly usage: string;
  readonly summary: string;
  /** Shown by --help before the options. */
  readonly description: string;
  /** Lines below the options. */
  readonly examples: readonly string[];
  /** Own flags: definition, help. */
  readonly flags?: readonly (readonly [flag: string, help: string])[];
  /** @returns Exit status. */
  readonly run: (invocation: Invocation, ...args: readonly string[]) => Promise<number>;
}

/** Makes a commander command of a definition. `finished` is called with the exit status. */
export function toCommand(
  definition: CommandDefinition,
  surroundings: Surroundings,
  finished: (status: number) => void,
): Command {
  const command = new Command(definition.usage.split(' ')[0] ?? '');
  for (const argument of definition.usage.split(' ').slice(1)) command.argument(argument);
  command.summary(definition.summary).description(definition.description);
  for (const [flag, help] of definition.flags ?? []) command.option(flag, help);
  for (const { flag, help, heading, several } of commandFlags(definition.options)) {
    const option = new Option(flag, help).helpGroup(heading);
    if (several) option.argParser<readonly string[] | undefined>((path, before) => [...(before ?? []), path]);
    command.addOption(option);
  }
  command.addHelpText('after', ['', 'Examples:', ...definition.examples.map((line) => `  ${line}`)].join('\n'));
  command.action(async (...received: unknown[]) => {
    const values: Record<string, FlagValue | readonly string[]> = command.opts();
    const flags = Object.fromEntries(
      command.options.map((option) => {
        const value = values[option.attributeName()];
        return [option.long?.slice(2) ?? '', typeof value === 'boolean' ? String(value) : value] as const;
      }),
    );
    const { settings, sources } = resolveSettings(definition.options, { flags, env: surroundings.env });
    // An argument that may be given several times is a list.
    const args = received.flat().filter((value) => typeof value === 'string');
    const own = Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, FlagValue] => !Array.isArray(entry[1])),
    );
    finished(await definition.run({ settings, sources, own, surroundings }, ...args));
  });
  return command;
}
