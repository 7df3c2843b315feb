import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStarter, starterProblemText } from './starter-file.ts';

const good = `format: anchorwatch-starter
version: 1
name: nginx
revision: 2026-01-05
about: nginx from Debian
programs: [/usr/sbin/nginx]
images: [nginx]
samples: {startup: 4, steady: 90}
features:
  exec:
    <program>: [4, 0]
    runtime > <program>: {startup: 3}
  file.write:
    /var/log/nginx/*.log: [4, 1]
  net.listen:
    80/tcp: [4, 0]
`;

function mistakes(text: string): readonly string[] {
  const parsed = parseStarter('nginx.yaml', text);
  return 'problems' in parsed ? parsed.problems.map(starterProblemText) : [];
}

describe("a starter's file", () => {
  test('is read with its figures', () => {
    const parsed = parseStarter('nginx.yaml', good);
    expect(parsed).toMatchObject({ starter: { name: 'nginx', revision: '2026-01-05', file: 'nginx.yaml' } });
    expect('starter' in parsed && parsed.starter.features).toEqual([
      { dimension: 'exec', key: '<program>', startup: 4, steady: 0 },
      { dimension: 'exec', key: 'runtime > <program>', startup: 3, steady: 0 },
      { dimension: 'file.write', key: '/var/log/nginx/*.log', startup: 4, steady: 1 },
      { dimension: 'net.listen', key: '80/tcp', startup: 4, steady: 0 },
    ]);
  });

  test.each([
    ['another format', ['anchorwatch-starter', 'anchorwatch-profile'], 'nginx.yaml:1: format: '],
    ['a later version', ['version: 1', 'version: 2'], 'nginx.yaml:2: version: '],
    ['a name that is none', ['name: nginx', 'name: Ng inx'], 'nginx.yaml:3: name: must be kebab-case'],
    ['no program', ['[/usr/sbin/nginx]', '[]'], 'nginx.yaml:6: programs: '],
    ['any program', ['[/usr/sbin/nginx]', '["/*"]'], 'nginx.yaml:6: programs.0: must be the path of a program'],
    ['a member that is not known', ['about:', 'abuot:'], 'nginx.yaml:5: Unrecognized key: "abuot"'],
    ['a dimension that starters leave alone', ['net.listen:', 'net.out:'], 'nginx.yaml:15: '],
    [
      'more sightings than samples',
      ['[4, 1]', '[4, 91]'],
      'nginx.yaml:14: features.file.write: /var/log/nginx/*.log: was seen in more samples than there are',
    ],
    [
      'a feature that was never seen',
      ['80/tcp: [4, 0]', '80/tcp: [0, 0]'],
      'nginx.yaml:16: features.net.listen: 80/tcp: was seen in no sample',
    ],
    [
      'a pattern of a protected directory',
      ['/var/log/nginx/*.log', '/etc/*.log'],
      'nginx.yaml:14: features.file.write: /etc/*.log: is a pattern that learning never makes',
    ],
    [
      'a key twice',
      ['    80/tcp: [4, 0]\n', '    80/tcp: [4, 0]\n    80/tcp: [1, 0]\n'],
      'nginx.yaml:17: Map keys must be unique',
    ],
    ['a figure that is none', ['[4, 1]', '[4, many]'], 'nginx.yaml:14: features.file.write./var/log/nginx/*.log'],
    ['no YAML', ['{startup: 4', '[startup: 4'], 'nginx.yaml:8: '],
  ])('with %s is refused, with the line', (_what, [from = '', to = ''], expected) => {
    expect(good).toContain(from);
    expect(mistakes(good.replace(from, to))[0]).toContain(expected);
  });

  test('names every mistake, up to twenty, and never throws', () => {
    const two = mistakes(good.replace('name: nginx', 'name: N').replace('version: 1', 'version: 3'));
    expect(two).toHaveLength(2);
    const many = Array.from(
      { length: 50 },
      (_, index) => `    /x${String.fromCodePoint(97 + (index % 26))}${index}: [0, 0]`,
    );
    expect(mistakes(good.replace('  net.listen:', `${many.join('\n')}\n  net.listen:`))).toHaveLength(20);
    fc.assert(
      fc.property(fc.string(), fc.nat(good.length), (text, at) => {
        parseStarter('x.yaml', text);
        parseStarter('x.yaml', good.slice(0, at) + text + good.slice(at));
      }),
    );
  });

  test('of more features than a profile has room for is refused', () => {
    const keys = Array.from({ length: 2001 }, (_, index) => `    "/srv/f${index}.d": [1, 0]`).join('\n');
    expect(mistakes(good.replace('  file.write:', `  file.read:\n${keys}\n  file.write:`))[0]).toContain(
      'more than 2000',
    );
  });
});
