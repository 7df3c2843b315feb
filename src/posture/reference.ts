import type { Practices, Sources } from './practices.ts';

/** docs/reference/practices.md, made from profiles/practices.yaml. Pure. */
export function practicesReference({ all, benchmarks }: Practices): string {
  const lines = [
    '# Practices',
    '',
    '<!-- Made by `npm run docs` from profiles/practices.yaml: change it there. -->',
    '',
    'What is checked, and how to mend what is found: [posture.md](../posture.md). Each practice is known by its id and by its name. Ids stand in brackets after',
    'the benchmark that they are of:',
    '',
    ...Object.entries(benchmarks).map(([name, what]) => `- \`${name}\`: ${what}`),
    '',
    '| practice | name | title | checks |',
    '| --- | --- | --- | --- |',
    ...all.map(({ id, name, title, checks, sameAs }) => {
      const own = checks.map((check) => `[${check.id}](#${check.id})`).join(' ');
      const others = sameAs.map((other) => `as ${other}`).join(', ');
      return `| ${id} | ${name} | ${cell(title)} | ${[own, others].filter((part) => part !== '').join(' ') || 'none yet'} |`;
    }),
  ];
  for (const { id, name, title, why, sources, checks } of all) {
    lines.push('', `## ${id} ${name}: ${title}`, '', why, '', sourceText(sources));
    for (const check of checks) {
      lines.push(
        '',
        `### ${check.id}`,
        '',
        `${check.title}. Of a ${check.of}; ${check.severity} when it fails.${check.also.length === 0 ? '' : ` Also ${check.also.join(', ')}.`}`,
        '',
        `- reads: ${check.reads}`,
        ...(Object.keys(check.sources).length === 0 ? [] : [`- ${sourceText(check.sources)}`]),
        ...Object.entries(check.fix).map(([where, what]) => `- mend, ${where}: \`${String(what)}\``),
      );
    }
  }
  return `${lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n')}\n`;
}

function sourceText(sources: Sources): string {
  return Object.entries(sources)
    .map(([name, ids]) => `${name} (${ids.join(', ')})`)
    .join(' · ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
