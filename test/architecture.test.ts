import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkImports, importsOf, layers, pins, type Violation } from './architecture/rules.ts';

const root = join(import.meta.dirname, '..');
const sources = globSync('src/**/*.ts', { cwd: root }).map((path) => path.replaceAll('\\', '/').slice('src/'.length));
const maximumLines = 400;

function explain(violations: readonly Violation[]): string[] {
  return violations.map(({ file, imported, reason }) => `src/${file} imports ${imported}: ${reason}`);
}

function rejection(file: string, source: string): string {
  return explain(checkImports(file, source)).join('\n');
}

describe('the checker itself', () => {
  test('rejects a room that imports its neighbour, and says why', () => {
    expect(rejection('alert/assemble.ts', "import { x } from '../store/database.ts';")).toMatch(
      /rooms never import each other/,
    );
  });

  test.each([
    ['model/alert.ts', "import type { Logger } from '../lib/log.ts';", /model is the words/],
    ['model/alert.ts', "import { join } from 'node:path';", /not even Node/],
    ['lib/queue.ts', "export * from '../model/alert.ts';", /lib is small tools/],
    ['protocol/message.ts', "import { a } from '../alert/assemble.ts';", /what both sides share/],
    ['agent/agent.ts', "import { a } from '../collector/collector.ts';", /nothing of each other/],
    ['cli/up.ts', "import { a } from '../store/database.ts';", /belongs into the root/],
    ['alert/assemble.ts', "import Database from 'better-sqlite3';", /the only SQL/],
    ['lib/clock.ts', "import { pino } from 'pino';", /keeps secrets out/],
    ['api/server.ts', "import x from 'left-pad';", /has no home/],
    ['api/server.ts', "const x = await import('koffi');", /bad pointer/],
    ['store/database.ts', "import { f } from '../../test/support/alerts.ts';", /rooms never/],
    ['helpers/a.ts', "import { a } from './b.ts';", /not a folder of the design/],
    ['api/server.ts', "import {\n  a,\n  b,\n} from '@marcbachmann/cel-js/sub';", /rule conditions/],
  ])('rejects an edge of %s: %s', (file, source, reason) => {
    expect(rejection(file, source)).toMatch(reason);
  });

  test('accepts what the design allows', () => {
    const source = [
      "import { test } from 'vitest';",
      "import { a } from './database.ts';",
      "import { b } from '../lib/errors.ts';",
      "import type { c } from '../model/alert.ts';",
      "// import { d } from '../api/server.ts';",
      "import { f } from '../../test/support/alerts.ts';",
      "/** @example import { e } from '../api/server.ts' */",
    ].join('\n');
    expect(importsOf(source)).toHaveLength(5);
    expect(checkImports('store/database.test.ts', source)).toEqual([]);
  });
});

describe('the source', () => {
  test('is there', () => {
    expect(sources.length).toBeGreaterThan(10);
  });

  test('imports only what the table allows', () => {
    expect(
      explain(sources.flatMap((file) => checkImports(file, readFileSync(join(root, 'src', file), 'utf8')))),
    ).toEqual([]);
  });

  test('has no file of more than 400 lines', () => {
    const long = sources
      .map((file) => ({ file, lines: readFileSync(join(root, 'src', file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > maximumLines);
    expect(long).toEqual([]);
  });

  test('has kebab-case file and folder names, and no barrels', () => {
    const bad = sources.filter(
      (file) =>
        !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/.test(file) ||
        basename(file) === 'index.ts',
    );
    expect(bad).toEqual([]);
  });

  test('has no leftover marks and no silenced checks', () => {
    const bad = sources.filter((file) =>
      /\b(?:TODO|FIXME)\b|@ts-(?:ignore|nocheck|expect-error)/.test(readFileSync(join(root, 'src', file), 'utf8')),
    );
    expect(bad).toEqual([]);
  });
});

test('every dependency has a home, and every home a dependency', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  // `node` is what everything runs on, not imported.
  const dependencies = Object.keys(manifest.dependencies).filter((name) => name !== 'node');
  expect(dependencies.toSorted()).toEqual(Object.keys(pins).toSorted());
  for (const pin of Object.values(pins)) {
    for (const home of pin.homes) expect(Object.keys(layers)).toContain(home.split('/')[0]);
  }
});
