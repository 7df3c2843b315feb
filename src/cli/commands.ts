import { Command } from 'commander';
import { agent } from './agent.ts';
import { alerts } from './alerts.ts';
import { backup } from './backup.ts';
import { collector } from './collector.ts';
import { profileDecisionList } from './decision-list.ts';
import { alertDecisions, profileDecisions } from './decisions.ts';
import { type Surroundings, toCommand } from './command.ts';
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

/** Adds every command there is. */
export function addCommands(program: Command, surroundings: Surroundings, finished: (status: number) => void): void {
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
}
