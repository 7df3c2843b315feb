import { statSync } from 'node:fs';
import type { Rule, RuleSet } from '../agent/rule-check.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

/** The rules that an agent with these options would use. @throws AnchorwatchError `rules.invalid` */
async function rulesOf({ settings }: Invocation): Promise<RuleSet> {
  const { effectiveRules, invalidRules } = await import('../agent/rule-check.ts');
  const set = effectiveRules(settings.rules ?? []);
  if (set.problems.length > 0) throw invalidRules(set.problems);
  return set;
}

/** A rule as it is written, with where it stands and whether it is in use. */
function asWritten(rule: Rule, enabled: boolean): Record<string, unknown> {
  const { id, title, dimensions, newness, when, suspicion, least, most, techniques, practices, explanation, matches } =
    rule;
  const told = { ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) };
  const shown = {
    id,
    title,
    dimensions,
    newness,
    when,
    suspicion,
    ...told,
    techniques,
    practices,
    explanation,
    matches,
  };
  return { ...shown, 'does not match': rule.doesNotMatch, enabled, file: rule.file, line: rule.line };
}

async function list(invocation: Invocation): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal } = surroundings;
  const { rules, disabled } = await rulesOf(invocation);
  const all = [...rules.map((rule) => [rule, true] as const), ...disabled.map((rule) => [rule, false] as const)];
  if (own['json'] === true) {
    for (const [rule, enabled] of all) terminal.out(jsonLine(asWritten(rule, enabled)));
    return exitStatus.done;
  }
  const header = ['ID', 'SUSPICION', 'TECHNIQUES', 'TITLE', 'FILE'];
  const rows = all.map(([{ id, suspicion, techniques, title, file, line }, enabled]) => [
    id,
    enabled ? String(suspicion) : 'off',
    techniques.join(' '),
    title,
    `${file}:${String(line)}`,
  ]);
  for (const line of formatTable(header, rows)) terminal.out(line);
  return exitStatus.done;
}

/** `anchorwatch rules list` */
export const rulesList: CommandDefinition = {
  options: 'rules',
  usage: 'list',
  summary: 'the suspicion rules that an agent would use',
  description:
    'Lists the shipped suspicion rules and those of --rules: id, suspicion in decades (off: disabled), ATT&CK techniques, title, and where ' +
    'the rule is written. Ends with status 1 and the mistakes where an agent would not start.',
  flags: [['--json', 'JSON lines with everything that is written in a rule']],
  examples: ['anchorwatch rules list', 'anchorwatch rules list --rules /etc/anchorwatch/rules --json | jq -r .id'],
  run: list,
};

async function show(invocation: Invocation, ...args: readonly string[]): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal } = surroundings;
  const [id = ''] = args;
  const { rules, disabled } = await rulesOf(invocation);
  const enabled = rules.find((one) => one.id === id);
  const rule = enabled ?? disabled.find((one) => one.id === id);
  if (rule === undefined)
    throw new AnchorwatchError('rules.unknown', `there is no rule ${JSON.stringify(id)}: see "anchorwatch rules list"`);
  const written = asWritten(rule, enabled !== undefined);
  if (own['json'] === true) {
    terminal.out(jsonLine(written));
    return exitStatus.done;
  }
  // JSON is YAML: what is printed can be pasted into a file and changed there.
  const { file, line, enabled: isEnabled, ...keys } = written;
  terminal.out(escapeForTerminal(`# ${String(file)}:${String(line)}${isEnabled === true ? '' : ', disabled'}`));
  terminal.out('rules:');
  for (const [index, [key, value]] of Object.entries(keys).entries()) {
    const indent = index === 0 ? '  - ' : '    ';
    const isList = key === 'matches' || key === 'does not match';
    if (!isList || !Array.isArray(value)) terminal.out(`${indent}${key}: ${jsonLine(value)}`);
    else
      for (const text of [`${key}:`, ...value.map((one) => `  - ${jsonLine(one)}`)]) terminal.out(`${indent}${text}`);
  }
  return exitStatus.done;
}

/** `anchorwatch rules show` */
export const rulesShow: CommandDefinition = {
  options: 'rules',
  usage: 'show <id>',
  summary: 'a suspicion rule as it is written',
  description:
    'Prints a suspicion rule: condition, explanation, examples, and where it is written. What is printed is YAML; with "override: true" added, ' +
    'and changed, it replaces the rule when a file of --rules holds it.',
  flags: [['--json', 'one JSON object']],
  examples: ['anchorwatch rules show credential-file'],
  run: show,
};

async function test(invocation: Invocation, ...files: readonly string[]): Promise<number> {
  const { own, settings, surroundings } = invocation;
  const { terminal } = surroundings;
  for (const file of files) {
    try {
      statSync(file);
    } catch (error) {
      throw new AnchorwatchError('bad-option', `${file} cannot be read: ${errorText(error)}`);
    }
  }
  const { checkRules, problemText } = await import('../agent/rule-check.ts');
  const checks = checkRules(settings.rules ?? [], files);
  const failures = checks.reduce((sum, { problems }) => sum + problems.length, 0);
  if (own['json'] === true) {
    for (const check of checks) terminal.out(jsonLine(check));
  } else {
    for (const { file, rules, problems } of checks) {
      const passed = rules.map(
        ({ id, examples, enabled }) => `${file}  ${id}: ${String(examples)} examples${enabled ? '' : ', disabled'}`,
      );
      if (rules.length === 0 && problems.length === 0) passed.push(file);
      for (const line of passed) terminal.out(escapeForTerminal(`ok    ${line}`));
      for (const problem of problems) terminal.out(escapeForTerminal(`FAIL  ${problemText(problem)}`));
    }
    terminal.out(failures === 0 ? 'All passed.' : `${String(failures)} failed.`);
  }
  return failures === 0 ? exitStatus.done : exitStatus.failed;
}

/** `anchorwatch rules test` */
export const rulesTest: CommandDefinition = {
  options: 'rules',
  usage: 'test <file...>',
  summary: 'tries files of suspicion rules, and scenarios',
  description:
    'Reads files of suspicion rules (or directories of them) as an agent would, after the shipped ones and those of --rules: each condition is ' +
    'compiled, and each rule must hold for its examples and not for its counter-examples. A file whose name ends with .scenario is played ' +
    'with all rules together. Ends with status 1 when anything fails, which is said with file, line and what holds instead.',
  flags: [['--json', 'JSON lines, one for each file']],
  examples: [
    'anchorwatch rules test my-rules.yaml',
    'anchorwatch rules test --rules /etc/anchorwatch/rules night-job.scenario',
  ],
  run: test,
};
