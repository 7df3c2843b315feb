import { describedFacts } from './examples.ts';
import { factDescriptions } from './fact-descriptions.ts';
import type { Rule } from './rules.ts';

/** docs/reference/facts.md, made from `factDescriptions`; the types are those of an example's facts. */
export function factsReference(): string {
  const sample = describedFacts({ exec: '/bin/sh' });
  const sections = Object.entries(factDescriptions).flatMap(([variable, facts]) => {
    const values = Object.entries(sample).find(([name]) => name === variable)?.[1] as Readonly<Record<string, unknown>>;
    return [
      `## ${variable}`,
      '',
      '| fact | type | what it says |',
      '| --- | --- | --- |',
      ...Object.entries(facts).map(([name, text]) => `| \`${variable}.${name}\` | ${typeOf(values[name])} | ${text} |`),
      '',
    ];
  });
  return [
    '# Facts',
    '',
    '<!-- Made by `npm run docs` from src/detect/fact-descriptions.ts: change it there. -->',
    '',
    'What the condition of a [suspicion rule](../rules.md) may use. Every fact is always there: what does not apply is empty, 0 or false. A',
    'name that is not here is refused when the rule is read. `lists.NAME` are the lists of all rule files.',
    '',
    ...sections,
  ].join('\n');
}

/** docs/reference/rules.md, made from the shipped rules: by technique of MITRE ATT&CK, then each of them. Pure. */
export function rulesReference(rules: readonly Rule[]): string {
  const byTechnique = Map.groupBy(
    rules.flatMap((rule) => rule.techniques.map((technique) => ({ technique, rule }))),
    ({ technique }) => technique,
  );
  const linked = ({ id }: Rule): string => `[${id}](#${id})`;
  return [
    '# Suspicion rules',
    '',
    '<!-- Made by `npm run docs` from profiles/rules: change them there. -->',
    '',
    `The ${rules.length} rules that come with Anchorwatch, and the ${byTechnique.size} techniques of [MITRE ATT&CK](https://attack.mitre.org) that they name. Suspicion is in decades: with`,
    'surprise it makes the score, and from 3 it is a warning by itself, where it may be more than a notice. [Rules of your own](../rules.md) add to these, override or disable them.',
    '',
    '## By technique',
    '',
    '| technique | rules |',
    '| --- | --- |',
    ...[...byTechnique]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([technique, found]) => `| ${technique} | ${found.map(({ rule }) => linked(rule)).join(', ')} |`),
    '',
    '## Each',
    '',
    ...rules
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .flatMap(({ id, title, suspicion, least, most, dimensions, techniques, explanation }) => [
        `### ${id}`,
        '',
        `${title}. Suspicion ${suspicion}${least === undefined ? '' : `, a ${least} at least`}${most === undefined ? '' : `, a ${most} at most`}; ${dimensions.map((dimension) => `\`${dimension}\``).join(', ')}${techniques.length === 0 ? '' : `; ${techniques.join(', ')}`}.`,
        '',
        explanation.trim(),
        '',
      ]),
  ].join('\n');
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list of texts';
  return typeof value === 'boolean' ? 'true or false' : typeof value === 'number' ? 'number' : 'text';
}
