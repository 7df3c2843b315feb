import { AnchorwatchError } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { describeAlert } from './alert-lines.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';
import { judgingOf } from './watching.ts';

async function run({ own, settings, surroundings }: Invocation, ...args: readonly string[]): Promise<number> {
  const [path = ''] = args;
  const { terminal } = surroundings;
  const { profiles: profilesPath, empty, json } = own;
  if (profilesPath !== undefined && empty === true)
    throw new AnchorwatchError('bad-option', '--profiles and --empty exclude each other');
  const { effectiveRules, invalidRules } = await import('../agent/rule-check.ts');
  const rules = effectiveRules(settings.rules ?? []);
  if (rules.problems.length > 0) throw invalidRules(rules.problems);
  const { profilesOf, replayRecording } = await import('../agent/replay.ts');
  const { starterPaths, Starters } = await import('../agent/starters.ts');
  const log = createLogger({ level: 'error', name: 'replay' });
  const starters = new Starters(starterPaths(settings.starter), log);
  const profiles = typeof profilesPath === 'string' ? profilesOf(profilesPath) : empty === true ? [] : undefined;
  const startedMs = performance.now();
  const summary = await replayRecording(path, {
    ...{ rules, profiles, starters, judging: judgingOf(settings) },
    onAlert: (alert) => {
      for (const line of json === true ? [jsonLine(alert)] : describeAlert(alert)) terminal.out(line);
    },
  });
  const tookMs = performance.now() - startedMs;
  const { header, events, alerts, incidents, spanMs, shed, lost, broken, firstBroken, failed, torn } = summary;
  const say = (text: string): void => {
    terminal.err(escapeForTerminal(text));
  };
  const perSecond = Math.round(events / Math.max(0.001, tookMs / 1000));
  say(
    `${events} events of ${(spanMs / 1000).toFixed(0)} s on ${header.node} (Anchorwatch ${header.agentVersion}, ${header.sensor}): ` +
      `${alerts} alerts, ${incidents} incidents; replayed in ${(tookMs / 1000).toFixed(1)} s, ${perSecond} events a second`,
  );
  if (shed > 0) say(`${shed} entries are missing: the recorder had no room for them`);
  if (lost > 0) say(`${lost} records are missing: the sensor could not tell them`);
  if (broken > 0) say(`${broken} lines are damaged and were left out, the first: ${firstBroken}`);
  if (failed > 0) say(`${failed} entries could not be used: about containers that are not told of, or damaged`);
  if (torn !== '') say(`the recording is cut off: ${torn}; everything before was used`);
  return broken > 0 || failed > 0 || torn !== '' ? exitStatus.failed : exitStatus.done;
}

/** `anchorwatch replay` */
export const replay: CommandDefinition = {
  options: 'replay',
  usage: 'replay <file>',
  summary: 'what would have been said of a recording',
  description:
    'Runs a recording of "anchorwatch record" or --record through the agent’s own judgement, as fast as it goes, and prints its alerts, the oldest ' +
    'first. It begins with what was known when the recording began, unless --profiles or --empty says otherwise. The same file, rules and options give ' +
    'the same output, byte for byte. What is damaged or missing is said, and everything else is used; the status is 1 then. Nothing is stored or sent.',
  flags: [
    ['--profiles <FILE>', 'begin with the profiles of this profiles.db (read, never written)'],
    ['--empty', 'begin with nothing known'],
    ['--json', 'alerts as JSON lines'],
  ],
  examples: [
    'anchorwatch replay shop.recording',
    'anchorwatch replay shop.recording --rules my-rules.yaml --json | jq -r .title',
    'anchorwatch replay shop.recording --empty --alert-budget unlimited',
  ],
  run,
};
