import { describe, expect, test } from 'vitest';
import { parseConfigFile } from './file.ts';
import type { CommandName } from './settings.ts';
import { type Given, resolveSettings } from './resolve.ts';

const nothing: Given = { flags: {}, env: {} };

function withFile(text: string, given: Given = nothing): Given {
  const readFile: Given['readFile'] = (file, lists) => parseConfigFile(file, text, lists);
  return { ...given, flags: { config: 'a.yaml', ...given.flags }, readFile };
}

function mistakes(command: CommandName, given: Given): string {
  try {
    resolveSettings(command, given);
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad-option' });
    return error instanceof Error ? error.message : '';
  }
  return 'none';
}

describe('precedence', () => {
  const file = 'listen: 127.0.0.1:3\n';
  const env = { ANCHORWATCH_LISTEN: '127.0.0.1:2' };

  test('flag, then environment, then file, then default', () => {
    const flags = { listen: '127.0.0.1:1' };
    expect(resolveSettings('up', withFile(file, { env, flags })).settings.listen).toBe('127.0.0.1:1');
    expect(resolveSettings('up', withFile(file, { env, flags: {} })).settings.listen).toBe('127.0.0.1:2');
    expect(resolveSettings('up', withFile(file)).settings.listen).toBe('127.0.0.1:3');
    expect(resolveSettings('up', nothing).settings.listen).toBe('127.0.0.1:7080');
  });

  test('the source of each value is said', () => {
    const { sources } = resolveSettings('up', withFile('slice: 30s', { env, flags: { state: '/tmp/x' } }));
    expect(sources).toMatchObject({
      state: 'flag',
      listen: 'environment',
      slice: 'file',
      startup: 'default',
      nodeName: 'default',
    });
  });

  test('an empty environment variable counts as not set', () => {
    expect(resolveSettings('up', { flags: {}, env: { ANCHORWATCH_LISTEN: '' } }).settings.listen).toBe(
      '127.0.0.1:7080',
    );
  });

  test('our own engine variable comes before the one of Docker', () => {
    const both = { DOCKER_HOST: 'unix:///a.sock', ANCHORWATCH_DOCKER_HOST: 'unix:///b.sock' };
    expect(resolveSettings('agent', { flags: {}, env: both }).settings.dockerHost).toBe('unix:///b.sock');
    expect(resolveSettings('agent', { flags: {}, env: { DOCKER_HOST: 'unix:///a.sock' } }).settings.dockerHost).toBe(
      'unix:///a.sock',
    );
  });

  test('a variable of another command does not disturb: Kubernetes sets such names for its services', () => {
    expect(mistakes('collector', { flags: {}, env: { ANCHORWATCH_COLLECTOR: 'tcp://10.0.0.1:80' } })).toBe('none');
  });
});

describe('values', () => {
  test('durations become milliseconds, store and token file paths', () => {
    const flags = { slice: '500ms', startup: '5m', store: 'sqlite:/tmp/c.db' };
    expect(mistakes('up', { flags, env: {} })).toMatch(/--slice: "500ms" is too short/);
    const { settings } = resolveSettings('up', { flags: { ...flags, slice: '5s' }, env: {} });
    expect(settings).toMatchObject({ slice: 5000, startup: 300_000, store: '/tmp/c.db' });
  });

  test('file values may be written as YAML numbers or quoted', () => {
    expect(resolveSettings('agent', withFile('node-name: 12\nslice: "30s"\n')).settings).toMatchObject({
      nodeName: '12',
      slice: 30_000,
    });
  });

  test('a flag without a value is true, elsewhere it is written out', () => {
    const env = { ANCHORWATCH_ALLOW_UNAUTHENTICATED: 'true' };
    expect(resolveSettings('up', { flags: {}, env }).settings.allowUnauthenticated).toBe(true);
    expect(resolveSettings('up', withFile('allow-unauthenticated: false')).settings.allowUnauthenticated).toBe(false);
    expect(mistakes('up', withFile('allow-unauthenticated: maybe'))).toMatch(/"maybe" is not true or false/);
  });

  test('every default is a valid value', () => {
    expect(mistakes('up', nothing)).toBe('none');
  });
});

describe('mistakes', () => {
  test('name the option, where it came from, the value and what is wrong, all of them at once', () => {
    const given = withFile('startup: soon\nlog-level: loud\n', {
      flags: { listen: 'here' },
      env: { ANCHORWATCH_SLICE: '60' },
    });
    const text = mistakes('up', given);
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toMatch(/^--listen: "here" is not HOST:PORT/m);
    expect(text).toMatch(/^ANCHORWATCH_SLICE: "60" is not a duration/m);
    expect(text).toMatch(/^a\.yaml:1 startup: "soon" is not a duration/m);
    expect(text).toMatch(/^a\.yaml:2 log-level: "loud" is not one of trace, debug/m);
  });

  test('an unknown key of the file is one, with a suggestion', () => {
    expect(mistakes('up', withFile('slice: 30s\nlogLevel: info\n'))).toBe(
      'a.yaml:2: unknown option "logLevel"; did you mean log-level?',
    );
    expect(mistakes('up', withFile('frobnicate: 1\n'))).toMatch(
      /a\.yaml:1: unknown option "frobnicate"; known are config, state/,
    );
  });

  test('a file that is not a mapping of single values is one', () => {
    expect(mistakes('up', withFile('- a\n- b\n'))).toMatch(/must be a mapping/);
    expect(mistakes('up', withFile('slice: [1, 2]\n'))).toMatch(/a\.yaml:1: slice must have one value/);
    expect(mistakes('up', withFile('slice: 30s\nslice: 40s\n'))).toMatch(
      /a\.yaml:2: not valid YAML: Map keys must be unique/,
    );
    expect(mistakes('up', withFile('listen: "127\n'))).toMatch(/a\.yaml:\d+: not valid YAML/);
    expect(mistakes('up', withFile('config: b.yaml\n'))).toMatch(/cannot name another file/);
    expect(mistakes('up', withFile('state:\n'))).toMatch(/state must have one value/);
  });

  test('thresholds are a list of mappings, and a mistake in it is named with its place', () => {
    const file = 'slice: 30s\nthresholds:\n  - warning: 3.5\n  - dimension: exec\n    critical: 6\n';
    expect(resolveSettings('up', withFile(file)).settings.thresholds).toEqual([
      { warning: 3.5 },
      { dimension: 'exec', critical: 6 },
    ]);
    expect(mistakes('up', withFile('slice: 30s\nthresholds:\n  - warning: high\n'))).toMatch(
      /^a\.yaml:2 thresholds: .* has a mistake in element 1, warning: /,
    );
    for (const wrong of ['3', '[*gone]', '&all [*all]'])
      expect(mistakes('up', withFile(`thresholds: ${wrong}\n`))).toMatch(
        /a\.yaml:1: thresholds must be a list of mappings/,
      );
  });

  test('paths: a flag several times, a variable with colons, one text or a list in the file', () => {
    const rules = (given: Given): readonly string[] | undefined => resolveSettings('up', given).settings.rules;
    expect(rules({ flags: { rules: ['/a', '/b:c'] }, env: { ANCHORWATCH_RULES: '/d' } })).toEqual(['/a', '/b:c']);
    expect(rules({ flags: {}, env: { ANCHORWATCH_RULES: '/a:/b:' } })).toEqual(['/a', '/b']);
    expect(rules(withFile('rules: /a b.yaml'))).toEqual(['/a b.yaml']);
    expect(rules(withFile('rules: [/a, /b]'))).toEqual(['/a', '/b']);
    expect(rules(nothing)).toBeUndefined();
    expect(mistakes('up', withFile('rules: { a: 1 }'))).toBe('a.yaml:1: rules must be a path or a list of paths');
    expect(mistakes('up', { flags: { rules: ['/a', ''] }, env: {} })).toMatch(/^--rules: .* must be paths/);
  });

  test('an empty file and an empty flag', () => {
    expect(mistakes('up', withFile(''))).toBe('none');
    expect(mistakes('up', { flags: { state: '' }, env: {} })).toBe('--state: is empty');
  });

  test.each([
    ['collector', { store: 'postgres://db/x' }, /--store: .* is not available yet: PostgreSQL/],
    ['collector', { bus: 'nats://bus' }, /--bus: .* is not available yet/],
    ['collector', { store: 'mysql:x' }, /not of the form sqlite:PATH/],
  ] as const)('%s refuses what it would ignore: %j', (command, flags, message) => {
    expect(mistakes(command, { flags, env: {} })).toMatch(message);
  });

  test('a file that is not there', () => {
    expect(() => resolveSettings('up', { flags: { config: '/nonexistent/a.yaml' }, env: {} })).toThrow(
      /nonexistent\/a\.yaml.*ENOENT/,
    );
  });
});
