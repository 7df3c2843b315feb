import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { dimensions } from '../../src/model/feature.ts';
import { rateDimension, rateNames } from '../../src/model/rate.ts';
import { runbookBase, runbookPage, runbookPages, runbookUrl } from '../../src/model/runbook.ts';
import { alertRules } from '../support/prometheus-rules.ts';

const folder = join(import.meta.dirname, '../../docs/runbooks');
const pages = readdirSync(folder).map((file) => file.replace(/\.md$/, ''));
const read = (name: string): string => readFileSync(join(folder, `${name}.md`), 'utf8');
/** Commands of parts that may not be there yet; once they are, they are looked at like the others. */
const commandsLater = new Set(['silence', 'notify', 'routes', 'posture']);
/** Commands that have others within them. */
const outer = new Set(['alerts', 'profile', 'rules', 'snapshot', 'token', 'silence', 'notify', 'routes', 'posture']);

describe('runbooks', () => {
  test('there is a page for each rule and each kind of alert, and no other', () => {
    const needed = [...alertRules().map(({ alert }) => alert), ...runbookPages, 'README'];
    expect(needed.toSorted()).toEqual(pages.toSorted());
  });

  test.each(dimensions)('an alert of %s has a page', (dimension) => {
    expect(pages).toContain(runbookPage({ dimension, detector: 'novelty' }));
    expect(runbookPage({ dimension, detector: 'rules' })).toBe(`alert-${dimension.replaceAll('.', '-')}`);
  });

  test('rates have one page, bursts, releases and silent nodes one of their own', () => {
    for (const name of rateNames)
      expect(runbookPage({ dimension: rateDimension(name), detector: 'rates' })).toBe('alert-rate');
    expect(runbookPage({ dimension: 'rate.anything', detector: 'rates' })).toBe('alert-rate');
    expect(runbookPage({ dimension: 'rate.exec', detector: 'bursts' })).toBe('alert-burst');
    expect(runbookPage({ dimension: 'exec', detector: 'release' })).toBe('alert-release');
    expect(runbookPage({ dimension: 'lifecycle', detector: 'collector' })).toBe('alert-node-silence');
    expect(runbookPage({ dimension: 'lifecycle', detector: 'cluster' })).toBe('alert-node-trouble');
  });

  test('an address is that of a file', () => {
    expect(runbookUrl('alert-exec')).toBe(`${runbookBase}/alert-exec.md`);
    expect(runbookUrl('README#silence', 'https://wiki.example/runbooks')).toBe(
      'https://wiki.example/runbooks/README.md#silence',
    );
  });

  test.each(pages)('%s: every link leads somewhere, also to a heading', (name) => {
    for (const [, link = ''] of read(name).matchAll(/\]\(([^)]+)\)/g)) {
      const [path = '', heading] = link.split('#');
      const file = path === '' ? join(folder, `${name}.md`) : join(folder, path);
      expect(existsSync(file), link).toBe(true);
      if (heading === undefined) continue;
      const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
        text
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(headings, link).toContain(heading);
    }
  });

  test('README names every page', () => {
    for (const name of pages) if (name !== 'README') expect(read('README')).toContain(`(${name}.md)`);
  });
});

/** Each `anchorwatch …` of the pages as the words of a command and its flags. */
function commands(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const name of pages)
    for (const [, block = ''] of read(name).matchAll(/```sh\n([\s\S]*?)```/g))
      for (const [, line = ''] of block.matchAll(/^anchorwatch (.*)$/gm)) {
        const words = line
          .replace(/\s+#.*$/, '')
          .replaceAll(/"[^"]*"|'[^']*'/g, 'TEXT')
          .split(/\s+/);
        const inner = outer.has(words[0] ?? '') && /^[a-z]+$/.test(words[1] ?? '');
        const command = words.slice(0, inner ? 2 : 1).join(' ');
        const flags = found.get(command) ?? new Set();
        for (const word of words) if (word.startsWith('--')) flags.add(word);
        found.set(command, flags);
      }
  return found;
}

describe('commands in runbooks', () => {
  const all = [...commands()];
  const helps = new Map<string, string>();
  beforeAll(async () => {
    for (const [command] of all) {
      const lines: string[] = [];
      const terminal = { out: (line: string) => void lines.push(line), err: (line: string) => void lines.push(line) };
      const surroundings = { terminal, env: {}, stop: new AbortController().signal };
      if ((await runProgram([...command.split(' '), '--help'], surroundings)) === 0)
        helps.set(command, lines.join('\n'));
    }
  });

  test('are many', () => {
    expect(all.length).toBeGreaterThan(16);
  });

  test.each(all)('anchorwatch %s has the flags that are used', (command, flags) => {
    const help = helps.get(command) ?? '';
    const there = help.includes(`Usage: anchorwatch ${command} [options]`);
    if (!there && commandsLater.has(command.split(' ')[0] ?? '')) return;
    expect(there).toBe(true);
    for (const flag of flags) expect(help).toMatch(new RegExp(`${flag}(?![\\w-])`));
  });
});
