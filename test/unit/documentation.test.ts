import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { anchorOf } from '../../src/api/handbook.ts';
import { addCommands } from '../../src/cli/commands.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...globSync('docs/**/*.md', { cwd: root }),
].map((page) => page.replaceAll('\\', '/'));
const read = (page: string): string => readFileSync(join(root, page), 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');

function anchorsOf(page: string): Set<string> {
  const text = read(page).replaceAll(/```[\s\S]*?```/g, '');
  return new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading)));
}

/** Links of a page that lead to no file, or to no heading of it. */
function brokenLinks(page: string): string[] {
  return [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? join(root, page) : join(root, dirname(page), file);
      if (!existsSync(target)) return true;
      if (anchor === undefined || statSync(target).isDirectory()) return anchor !== undefined;
      return !anchorsOf(relative(root, target)).has(anchor);
    });
}

function commandLine(): Command {
  const program = new Command('anchorwatch');
  const terminal = { out: () => undefined, err: () => undefined };
  addCommands(program, { terminal, env: {}, stop: new AbortController().signal }, () => undefined);
  return program;
}

/** `anchorwatch …` in code of a page, up to a comment, a pipe or the next command; not the name of a namespace or a release. */
const written = /(?<!(?:namespace|install) )\banchorwatch ([a-z][^\n`#|&·;"')]*)/g;

/** What is written of the command line and is not there: an inner command, or a flag. */
function wrongCommands(program: Command, page: string): string[] {
  const code = [...page.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([text]) => text.replaceAll('\\\n', ' '));
  return code
    .flatMap((text) => [...text.matchAll(written)].map(([, line = '']) => line.trim()))
    .filter((line) => {
      let command = program;
      for (const word of line.split(/\s+/)) {
        const inner = command.commands.find((one) => one.name() === word);
        if (inner === undefined) break;
        command = inner;
      }
      if (command === program) return true;
      const flags = [...line.matchAll(/(?<=^|\s)--[a-z-]+/g)].map(([flag]) => flag);
      return flags.some((flag) => flag !== '--help' && !command.options.some(({ long }) => long === flag));
    });
}

describe('documentation', () => {
  test.each(pages)('%s: links lead somewhere', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test('README leads to every page', () => {
    const readme = read('README.md');
    const own = pages.filter((page) => /^docs\/[a-z-]+\.md$/.test(page));
    expect(own.filter((page) => !readme.includes(`](${page}`))).toEqual([]);
  });

  test('scripts that are named are in package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = pages
      .filter((page) => page !== 'CHANGELOG.md')
      .flatMap((page) => [...read(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name));
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  test('each command is in the README', () => {
    const readme = read('README.md');
    const names = commandLine().commands.map((command) => command.name());
    expect(names.filter((name) => !readme.includes(`anchorwatch ${name}`))).toEqual([]);
  });

  test('commands and their flags, as they are written, are there', () => {
    const program = commandLine();
    const wrong = pages.filter((page) => page !== 'CHANGELOG.md').flatMap((page) => wrongCommands(program, read(page)));
    expect(wrong).toEqual([]);
  });
});
