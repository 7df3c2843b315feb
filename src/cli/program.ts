import { Command, CommanderError } from 'commander';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { type CommandDefinition, exitStatus, type Surroundings, toCommand } from './command.ts';
import { startHint } from './service.ts';
import { escapeForTerminal } from './terminal.ts';
import { versionLine } from './version.ts';

const about = `Anchorwatch watches containers at runtime: it learns what each workload does and reports the first thing that does not fit.

Start with "anchorwatch doctor" (what works here), then "anchorwatch up" (watch this machine), and in another terminal "anchorwatch alerts --follow".`;

const below = `
Each command explains itself: anchorwatch alerts --help. Every option is also an environment variable (ANCHORWATCH_LISTEN) and a key
of the YAML file that --config names.

Exit status: 0 done, 1 failed, 2 usage, 3 what --fail-on names is there.`;

/** Commands that stay in memory: they start without what all the others need. */
const services: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  up: async () => (await import('./up.ts')).up,
  agent: async () => (await import('./agent.ts')).agent,
  collector: async () => (await import('./collector.ts')).collector,
};

async function build(
  args: readonly string[],
  surroundings: Surroundings,
  finished: (status: number) => void,
): Promise<Command> {
  const program = new Command('anchorwatch').description(about).addHelpText('after', below);
  // What stands behind an inner command is meant for it, also where the outer one has an option of that name.
  program.enablePositionalOptions();
  program.version(versionLine(), '--version', 'print the version');
  const service = Object.entries(services).find(([name]) => name === args[0])?.[1];
  if (service === undefined) (await import('./commands.ts')).addCommands(program, surroundings, finished);
  else program.addCommand(toCommand(await service(), surroundings, finished));
  // Last, to stand below the last heading.
  program.helpCommand('help [command]', 'help for a command');
  const { terminal } = surroundings;
  const configure = (command: Command): void => {
    command
      .exitOverride()
      .showHelpAfterError(`"${[...pathOf(command)].join(' ')} --help" explains.`)
      .configureOutput({
        writeOut: (text) => terminal.out(text.trimEnd()),
        writeErr: (text) => terminal.err(text.trimEnd()),
      })
      .configureHelp({ showGlobalOptions: false });
    for (const inner of command.commands) configure(inner);
  };
  configure(program);
  return program;
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [command.name()] : [...pathOf(command.parent), command.name()];
}

/** The message of an error for a terminal: its lines, each escaped. */
function say(surroundings: Surroundings, text: string): void {
  const [first = '', ...rest] = text.split('\n').map(escapeForTerminal);
  surroundings.terminal.err(`anchorwatch: ${first}`);
  for (const line of rest) surroundings.terminal.err(`  ${line}`);
}

/**
 * Runs the command line.
 * @param args Arguments after the program's name.
 * @returns Exit status: 0 done, 1 failed, 2 usage, 3 `--fail-on` met.
 */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let status: number = exitStatus.done;
  const program = await build(args, surroundings, (value) => {
    status = value;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help that was asked for is no mistake; no command at all is one.
      return error.exitCode === 0 ? exitStatus.done : exitStatus.usage;
    }
    if (error instanceof AnchorwatchError) {
      const usage = error.code === 'bad-option';
      say(surroundings, usage ? error.message : startHint(error));
      return usage ? exitStatus.usage : exitStatus.failed;
    }
    say(surroundings, startHint(error));
    if (surroundings.env['ANCHORWATCH_LOG_LEVEL'] === 'debug' && error instanceof Error)
      surroundings.terminal.err(error.stack ?? errorText(error));
    return exitStatus.failed;
  }
}
