import { describedFacts } from './examples.ts';
import { factDescriptions } from './fact-descriptions.ts';

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

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list of texts';
  return typeof value === 'boolean' ? 'true or false' : typeof value === 'number' ? 'number' : 'text';
}
