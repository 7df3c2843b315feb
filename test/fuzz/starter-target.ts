import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedStarters } from '../../src/agent/starters.ts';
import { starterDimensions } from '../../src/profile/starter.ts';
import { parseStarter, starterProblemText } from '../../src/profile/starter-file.ts';
import type { Target } from './target.ts';

/** Files of starters: whatever is in one, it is a starter that learning could have made, or there is a mistake in it that has a place. */
export const starterTarget: Target = {
  name: 'starter',
  covers: (path) => path === 'src/profile/starter-file.ts',
  seeds: () =>
    ['redis.yaml', 'node-web.yaml']
      .filter((name) => readdirSync(shippedStarters).includes(name))
      .map((name) => readFileSync(join(shippedStarters, name))),
  dictionary: [
    ...[
      'format: ',
      'version: 1',
      'features:',
      '  exec:',
      '<program>',
      '[1, 0]',
      '{startup: 1}',
      '*',
      '&a',
      '*a',
      '!!',
      '%',
    ],
    ...['---\n', '<<: ', '? ', '\t', '"/tmp/*"', '__proto__: ', '1e999', '.nan', '~', '<n>'],
  ],
  maxBytes: 4000,
  check: (bytes) => {
    const parsed = parseStarter('x.yaml', Buffer.from(bytes).toString('utf8'));
    if ('problems' in parsed) {
      assert.ok(parsed.problems.length <= 20, `${parsed.problems.length} problems`);
      for (const problem of parsed.problems) assert.ok(starterProblemText(problem).startsWith('x.yaml'));
      return;
    }
    const { samples, features, programs } = parsed.starter;
    assert.ok(features.length <= 2000 && programs.length > 0);
    for (const { dimension, key, startup, steady } of features) {
      assert.ok(starterDimensions.includes(dimension) && key.length <= 536);
      assert.ok(startup + steady > 0 && startup <= samples.startup && steady <= samples.steady, key);
    }
  },
};
