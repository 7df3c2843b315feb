import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScenario } from '../../src/agent/scenario/scenario.ts';
import { loadRules } from '../../src/detect/rule-parser.ts';

const folder = import.meta.dirname;
const rules = loadRules([join(folder, '../../profiles/rules')]);

describe('scenarios', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.scenario')))('%s', (name) => {
    expect(runScenario(readFileSync(join(folder, name), 'utf8'), rules)).toEqual([]);
  });

  test('an expectation that is not met is named with its line', () => {
    const failures = runScenario('container a\nat 0s a start\nuntil 1s\nexpect alert any exec /bin/sh', rules);
    expect(failures).toEqual(['line 4: expect alert any exec /bin/sh: raised nothing']);
  });

  test('a line that is not understood is named', () => {
    expect(() => runScenario('container a\nfrobnicate', rules)).toThrow(
      'line 2: frobnicate: unknown word "frobnicate"',
    );
  });
});
