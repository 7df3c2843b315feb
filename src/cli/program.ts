import { Command, CommanderError } from 'commander';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { agent } from './agent.ts';
import { alerts } from './alerts.ts';
import { backup } from './backup.ts';
import { collector } from './collector.ts';
import { exitStatus, type Surroundings, toCommand } from './command.ts';
import { profileDecisionList } from './decision-list.ts';
import { alertDecisions, profileDecisions } from './decisions.ts';
import { doctor } from './doctor.ts';
import { history } from './history.ts';
import { incidents } from './incidents.ts';
import { nodes } from './nodes.ts';
import { notifications } from './notifications.ts';
import { notifyTest } from './notify.ts';
import { posture, postureCommands } from './posture.ts';
import { vulnerabilities } from './vulnerabilities.ts';
import { profileShow } from './profile.ts';
import { record } from './record.ts';
import { replay } from './replay.ts';
import { routesCheck, routesExplain } from './routes.ts';
import { profileAdvice, profileExport, profileImport } from './profile-exchange.ts';
import { rulesList, rulesShow, rulesTest } from './rules.ts';
import { startHint } from './service.ts';
import { silenceAdd, silenceExpire, silenceList } from './silence.ts';
import { snapshotGet, snapshotList, snapshotTake } from './snapshot.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';
import { tokenCommands } from './tokens.ts';
import { up } from './up.ts';
import { verify } from './verify.ts';
import { versionFacts, versionLine } from './version.ts';
import { workloads } from './workloads.ts';

const about = `Anchorwatch watches containers at runtime: it learns what each workload does and reports the first thing that does not fit.

Start with "anchorwatch doctor" (what works here), then "anchorwatch up" (watch this machine), and in another terminal "anchorwatch alerts --follow".`;

const below = `
Each command explains itself: anchorwatch alerts --help. Every option is also an environment variable (ANCHORWATCH_LISTEN) and a key
of the YAML file that --config names.

Exit status: 0 done, 1 failed, 2 usage, 3 what --fail-on names is there.`;

function build(surroundings: Surroundings, finished: (status: number) => void): Command {
  const program = new Command('anchorwatch').description(about).addHelpText('after', below);
  // What stands behind an inner command is meant for it, also where the outer one has an option of that name.
  program.enablePositionalOptions();
  program.helpCommand('help [command]', 'help for a command');
  program.version(versionLine(), '--version', 'print the version');
  for (const definition of [
    ...[up, agent, collector, doctor, alerts, incidents, workloads, nodes, posture, history, notifications],
  ]) {
    const command = toCommand(definition, surroundings, finished);
    if (definition === alerts) {
      command.enablePositionalOptions();
      for (const inner of alertDecisions) command.addCommand(toCommand(inner, surroundings, finished));
    }
    if (definition === posture) {
      command.enablePositionalOptions();
      for (const inner of [...postureCommands, vulnerabilities])
        command.addCommand(toCommand(inner, surroundings, finished));
    }
    program.addCommand(command);
  }
  const profile = new Command('profile')
    .summary('what workloads are known to do, and what of it belongs to them')
    .description('Learned profiles of workloads.');
  const profileCommands = [profileShow, ...profileDecisions, profileDecisionList, profileExport, profileImport];
  for (const definition of [...profileCommands, profileAdvice])
    profile.addCommand(toCommand(definition, surroundings, finished));
  program.addCommand(profile);
  const rules = new Command('rules')
    .summary('what is suspicious in itself: list, show, try your own')
    .description('Suspicion rules: the shipped ones, and your own (--rules PATH).');
  for (const definition of [rulesList, rulesShow, rulesTest])
    rules.addCommand(toCommand(definition, surroundings, finished));
  program.addCommand(rules);
  const routes = new Command('routes')
    .summary('who is told of which alerts: check a file, explain an alert')
    .description('Routes of notifications (--routes FILE of the collector).');
  for (const definition of [routesCheck, routesExplain])
    routes.addCommand(toCommand(definition, surroundings, finished));
  program.addCommand(routes);
  const silence = new Command('silence')
    .summary('alerts that nobody is told of for a while: add, list, expire')
    .description('Silences: alerts that fit are stored and shown, and sent to nobody.');
  for (const definition of [silenceAdd, silenceList, silenceExpire])
    silence.addCommand(toCommand(definition, surroundings, finished));
  program.addCommand(silence);
  const notify = new Command('notify').summary('try receivers').description('Receivers of notifications.');
  notify.addCommand(toCommand(notifyTest, surroundings, finished));
  program.addCommand(notify);
  const snapshot = new Command('snapshot')
    .summary('examine a container in full: take, list, get')
    .description('Snapshots of containers: taken on critical alerts, and on demand.');
  for (const definition of [snapshotTake, snapshotList, snapshotGet])
    snapshot.addCommand(toCommand(definition, surroundings, finished));
  program.addCommand(snapshot);
  const token = new Command('token')
    .summary('who may ask a collector: create, list, revoke')
    .description('Tokens of people, programs and agents.');
  for (const definition of tokenCommands) token.addCommand(toCommand(definition, surroundings, finished));
  program.addCommand(token);
  for (const definition of [record, replay, verify, backup])
    program.addCommand(toCommand(definition, surroundings, finished));
  program
    .command('version')
    .summary('print the version')
    .description('Prints the version of Anchorwatch and of the Node it runs on.')
    .option('--json', 'one JSON object')
    .action(({ json }: { readonly json?: boolean }) =>
      surroundings.terminal.out(json === true ? jsonLine(versionFacts()) : versionLine()),
    );
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
  const program = build(surroundings, (value) => {
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
