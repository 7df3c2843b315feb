import { Command } from 'commander';
import { agent } from './agent.ts';
import { alerts } from './alerts.ts';
import { backup } from './backup.ts';
import { collector } from './collector.ts';
import { profileDecisionList } from './decision-list.ts';
import { alertDecisions, profileDecisions } from './decisions.ts';
import { type CommandDefinition, type Surroundings, toCommand } from './command.ts';
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
import { silenceAdd, silenceExpire, silenceList } from './silence.ts';
import { snapshotGet, snapshotList, snapshotTake } from './snapshot.ts';
import { jsonLine } from './terminal.ts';
import { tokenCommands } from './tokens.ts';
import { up } from './up.ts';
import { verify } from './verify.ts';
import { versionFacts, versionLine } from './version.ts';
import { workloads } from './workloads.ts';

/** A command of the top of the command line: one that runs, with those inside of it, or a name that only holds others together. */
interface TopCommand {
  readonly definition:
    | CommandDefinition
    | { readonly name: string; readonly summary: string; readonly description: string };
  readonly inner?: readonly CommandDefinition[];
}

/** Every command there is, by the headings of `--help`. */
const commandGroups: Readonly<Record<string, readonly TopCommand[]>> = {
  'Run:': [{ definition: up }, { definition: agent }, { definition: collector }, { definition: doctor }],
  'Look:': [
    { definition: alerts, inner: alertDecisions },
    { definition: incidents },
    { definition: history },
    { definition: workloads },
    { definition: nodes },
    { definition: posture, inner: [...postureCommands, vulnerabilities] },
    {
      definition: {
        name: 'snapshot',
        summary: 'examine a container in full: take, list, get',
        description: 'Snapshots of containers: taken on critical alerts, and on demand.',
      },
      inner: [snapshotTake, snapshotList, snapshotGet],
    },
  ],
  'Judge:': [
    {
      definition: {
        name: 'profile',
        summary: 'what workloads are known to do, and what of it belongs to them',
        description: 'Learned profiles of workloads.',
      },
      inner: [profileShow, ...profileDecisions, profileDecisionList, profileExport, profileImport, profileAdvice],
    },
    {
      definition: {
        name: 'rules',
        summary: 'what is suspicious in itself: list, show, try your own',
        description: 'Suspicion rules: the shipped ones, and your own (--rules PATH).',
      },
      inner: [rulesList, rulesShow, rulesTest],
    },
    { definition: record },
    { definition: replay },
  ],
  'Tell people:': [
    {
      definition: {
        name: 'routes',
        summary: 'who is told of which alerts: check a file, explain an alert',
        description: 'Routes of notifications (--routes FILE of the collector).',
      },
      inner: [routesCheck, routesExplain],
    },
    {
      definition: {
        name: 'silence',
        summary: 'alerts that nobody is told of for a while: add, list, expire',
        description: 'Silences: alerts that fit are stored and shown, and sent to nobody.',
      },
      inner: [silenceAdd, silenceList, silenceExpire],
    },
    {
      definition: { name: 'notify', summary: 'try receivers', description: 'Receivers of notifications.' },
      inner: [notifyTest],
    },
    { definition: notifications },
  ],
  'Keep the collector:': [
    {
      definition: {
        name: 'token',
        summary: 'who may ask a collector: create, list, revoke',
        description: 'Tokens of people, programs and agents.',
      },
      inner: tokenCommands,
    },
    { definition: verify },
    { definition: backup },
  ],
};

/** Adds every command there is. */
export function addCommands(program: Command, surroundings: Surroundings, finished: (status: number) => void): void {
  for (const [heading, commands] of Object.entries(commandGroups)) {
    program.commandsGroup(heading);
    for (const { definition, inner = [] } of commands) {
      const command =
        'run' in definition
          ? toCommand(definition, surroundings, finished)
          : new Command(definition.name).summary(definition.summary).description(definition.description);
      // As for the program: what stands behind an inner command is meant for it.
      command.enablePositionalOptions();
      for (const one of inner) command.addCommand(toCommand(one, surroundings, finished));
      program.addCommand(command);
    }
  }
  program.commandsGroup('About:');
  program
    .command('version')
    .summary('print the version')
    .description('Prints the version of Anchorwatch and of the Node it runs on.')
    .option('--json', 'one JSON object')
    .action(({ json }: { readonly json?: boolean }) =>
      surroundings.terminal.out(json === true ? jsonLine(versionFacts()) : versionLine()),
    );
}
