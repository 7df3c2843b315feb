import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listOptions } from './options.ts';
import { parseConfigFile } from './file.ts';
import { commandFlags, exampleFile, optionsReference } from './reference.ts';
import { type Given, resolveSettings } from './resolve.ts';

test('docs/reference/options.md is what `npm run docs` writes', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reference', 'options.md'), 'utf8');
  expect(page).toBe(optionsReference());
});

test('every option is in the page and has an environment variable of its own', () => {
  const page = optionsReference();
  for (const option of listOptions()) {
    expect(page).toContain(`\`--${option.name}`);
    expect(option.env[0]).toBe(`ANCHORWATCH_${option.name.toUpperCase().replaceAll('-', '_')}`);
  }
});

test('a command shows the flags of its own options, with default and environment variable', () => {
  const flags = commandFlags('collector');
  expect(flags.map(({ flag }) => flag)).toContain('--store <URL>');
  expect(flags.map(({ flag }) => flag)).not.toContain('--slice <DURATION>');
  expect(flags.find(({ flag }) => flag.startsWith('--listen'))?.help).toMatch(
    /Default: 127\.0\.0\.1:7080\. \[ANCHORWATCH_LISTEN\]/,
  );
});

test('flags stand below the heading of those that they are for', () => {
  const headingOf = (command: 'up' | 'alerts', name: string): string | undefined =>
    commandFlags(command).find(({ flag }) => flag.startsWith(`--${name} `))?.heading;
  expect(headingOf('up', 'state')).toBe('General options:');
  expect(headingOf('up', 'rules')).toBe('Agent and collector options:');
  expect(headingOf('up', 'slice')).toBe('Agent options:');
  expect(headingOf('up', 'retention')).toBe('Collector options:');
  expect(new Set(commandFlags('alerts').map(({ heading }) => heading))).toEqual(new Set(['General options:']));
});

test('the example of a file is read by agent and collector without complaint', () => {
  const readFile: Given['readFile'] = (file, lists) => parseConfigFile(file, exampleFile, lists);
  for (const command of ['up', 'agent', 'collector'] as const) {
    const { settings } = resolveSettings(command, { flags: { config: 'anchorwatch.yaml' }, env: {}, readFile });
    expect(settings.rules).toEqual(['/etc/anchorwatch/rules']);
    if (command !== 'collector') expect(settings.thresholds).toHaveLength(3);
    if (command !== 'agent') expect(settings.retention).toBe(30 * 86_400_000);
  }
});
