import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-rules-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mine = `disabled: [credential-file]
rules:
  - id: mine
    title: Our deployment tool outside of its window
    dimensions: [exec]
    when: event.name == "deploy"
    suspicion: 4
    techniques: [T1072]
    explanation: It is started by hand only.
    matches: [{ exec: /usr/bin/deploy }]
    does not match: [{ exec: /usr/bin/deployer }]
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function run(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const status = await runProgram(['rules', ...args], { terminal, env: {}, stop: new AbortController().signal });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

describe('rules list and show', () => {
  test('ours and the user’s, with where they are written; what is disabled is off', async () => {
    const path = file('mine.yaml', mine);
    const said = await run('list', '--rules', path);
    expect(said).toMatchObject({ status: 0, err: '' });
    expect(said.out).toMatch(/^mine +4 +T1072 +Our deployment tool outside of its window +.*mine\.yaml:3$/m);
    expect(said.out).toMatch(/^shell-from-service +3 +T1059\.004 T1190 .*execution\.yaml:\d+$/m);
    expect(said.out).toMatch(/^credential-file +off /m);
    const lines = (await run('list', '--rules', path, '--json')).out
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toContainEqual(
      expect.objectContaining({ id: 'mine', suspicion: 4, enabled: true, file: path, line: 3 }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ id: 'credential-file', enabled: false }));
  });

  test('what is shown can be pasted: it is a valid file of rules, and with "override: true" it replaces its rule', async () => {
    const { out } = await run('show', 'shell-from-service');
    const changed = out.replace('    title:', '    override: true\n    title:').replace('suspicion: 3', 'suspicion: 1');
    expect(await run('test', file('pasted.yaml', changed))).toMatchObject({ status: 0 });
    expect((await run('list', '--rules', join(folder, 'pasted.yaml'))).out).toMatch(/^shell-from-service +1 /m);
  });

  test('a rule that there is not, and a file with mistakes, end with status 1 and a remedy', async () => {
    expect(await run('show', 'won')).toMatchObject({
      status: 1,
      err: expect.stringContaining('anchorwatch rules list') as string,
    });
    const bad = file('bad.yaml', mine.replace('event.name', 'event.nmae'));
    const said = await run('list', '--rules', bad);
    expect(said.status).toBe(1);
    expect(said.err).toMatch(/bad\.yaml:6:11: mine: when: there is no event\.nmae[^]*anchorwatch rules test FILE/);
  });
});

describe('rules test', () => {
  test('passes: each rule with its examples, a scenario with all rules', async () => {
    const scenario = file(
      'good.scenario',
      'container web-1 image nginx\nat 0s web-1 start\nat 2m web-1 exec /usr/bin/deploy parent /bin/sh\nuntil 3m\nexpect alert warning exec /usr/bin/deploy rule mine\nexpect quiet\n',
    );
    const path = file('mine.yaml', mine);
    const said = await run('test', path, scenario);
    expect(said).toMatchObject({ status: 0, err: '' });
    expect(said.out.split('\n')).toEqual([`ok    ${path}  mine: 2 examples`, `ok    ${scenario}`, 'All passed.']);
    expect(await run('test', scenario, '--rules', path)).toMatchObject({ status: 0 });
  });

  test('fails with status 1: which example, where, and what holds instead', async () => {
    const path = file(
      'failing.yaml',
      mine.replace('[{ exec: /usr/bin/deploy }]', '\n      - { exec: /bin/sh, parent: /usr/sbin/nginx }'),
    );
    const said = await run('test', path);
    expect(said.status).toBe(1);
    expect(said.out).toMatch(
      /^FAIL {2}.*failing\.yaml:11:9: mine: does not hold for its example .*\/bin\/sh.*; these hold for it: shell-from-service/m,
    );
    expect(said.out).toMatch(/^1 failed\.$/m);
  });

  test('fails with status 1: which line of a scenario, and what was raised', async () => {
    const path = file('failing.scenario', 'container a\nat 0s a start\nuntil 1s\nexpect alert any exec /bin/sh\n');
    expect(await run('test', path)).toMatchObject({
      status: 1,
      out: `FAIL  ${path}:4: expect alert any exec /bin/sh: raised nothing\n1 failed.`,
    });
    const wrong = file('wrong.scenario', 'container a\nfrobnicate\n');
    expect((await run('test', wrong, '--json')).out).toBe(
      JSON.stringify({
        file: wrong,
        rules: [],
        problems: [{ file: wrong, line: 2, reason: 'frobnicate: unknown word "frobnicate"' }],
      }),
    );
  });

  test('a shipped file is tried as it is, not as a copy of itself', async () => {
    const said = await run('test', join(import.meta.dirname, '../../profiles/rules/dns.yaml'));
    expect(said.status).toBe(0);
    expect(said.out).toMatch(/^ok .*dns\.yaml {2}\S+: \d+ examples$/m);
  });

  test.each([[['test']], [['test', '/nonexistent.yaml']], [['test', '--nonsense', 'x']]])(
    '%j is a mistake of usage',
    async (args) => {
      expect(await run(...args)).toMatchObject({ status: 2 });
    },
  );
});
