import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Surroundings } from '../../src/cli/command.ts';
import { runProgram } from '../../src/cli/program.ts';
import { type RunningCollector, startCollector } from '../../src/collector/collector.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Alert } from '../../src/model/alert.ts';
import { CollectorStore } from '../../src/store/collector-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-cli-'));
const log = createLogger({ level: 'silent' });
let collector: RunningCollector;

function alertOf(number: number, over: Partial<Alert> = {}): Alert {
  return {
    id: `01ARZ3NDEKTSV4RRFFQ69G5F${String(number).padStart(2, '0')}`,
    time: `2026-11-23T02:10:0${String(number)}.000Z`,
    raisedAfterMs: 3,
    severity: 'critical',
    score: 6.2,
    surprise: 3.2,
    suspicion: 3,
    title: `nginx started /bin/sh number ${String(number)}`,
    dimension: 'exec',
    key: '/bin/sh',
    detector: 'novelty',
    rules: ['shell-from-service'],
    techniques: ['T1059.004'],
    practices: [],
    node: 'n1',
    workload: { id: 'w1', name: 'shop/web', kind: 'compose' },
    container: { id: 'c1', name: 'web-1', image: 'nginx', digest: '' },
    process: {
      pid: 7,
      exe: '/bin/sh',
      args: ['sh'],
      uid: 33,
      cwd: '/',
      ancestors: [{ pid: 1, exe: '/usr/sbin/nginx' }],
    },
    evidence: { samples: 1812, seenInOneSample: 0, coverage: 0.998, expected: [], note: 'never in 1,812 samples' },
    count: 1,
    lastTime: `2026-11-23T02:10:0${String(number)}.000Z`,
    ...over,
  };
}

interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], over: Partial<Surroundings> = {}): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const status = await runProgram(args, { terminal, env: {}, stop: new AbortController().signal, ...over });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

beforeAll(async () => {
  const storePath = join(folder, 'collector.db');
  const store = await CollectorStore.open(storePath);
  await store.append(
    [alertOf(1), alertOf(2, { title: 'evil \u001b[2J\n\u202ename', severity: 'warning' }), alertOf(3)],
    Date.parse('2026-11-23T02:11:00Z'),
  );
  await store.close();
  const options = {
    listen: '127.0.0.1:0',
    storePath,
    agentToken: 'a-token-of-some-length',
    stateDir: folder,
    version: '0.0.0',
  };
  collector = await startCollector(options, log);
});

afterAll(async () => {
  await collector.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('help and usage', () => {
  test.each([
    [['--help'], /anchorwatch alerts --help/],
    [['up', '--help'], /--slice <DURATION>[\s\S]*Examples:/],
    [['profile', 'show', '--help'], /anchorwatch profile show \[options\] <workload>/],
    [['help', 'doctor'], /Ends with status 1/],
  ])('%j explains and is done', async (args, text) => {
    const said = await run(args);
    expect(said.status).toBe(0);
    expect(said.out).toMatch(text);
  });

  test('version', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(await run(['version'])).toMatchObject({
      status: 0,
      out: expect.stringContaining(`anchorwatch ${version}`) as string,
    });
    expect(await run(['--version'])).toMatchObject({ status: 0, out: expect.stringContaining(version) as string });
  });

  test('every command that ends by itself prints JSON when asked', async () => {
    const withoutJson: string[] = [];
    const visit = async (path: readonly string[]): Promise<void> => {
      const { out } = await run([...path, '--help']);
      // Below headings of which none is about options; examples are indented as commands are.
      const lists = out.split('\n\n').filter((part) => /^(?!Examples:|.*[Oo]ptions:).*:\n  [a-z]/.test(part));
      const inner = lists.flatMap((part) => [...part.matchAll(/^  ([a-z]+)/gm)].map(([, name = '']) => name));
      for (const name of inner) if (name !== 'help') await visit([...path, name]);
      if (!/^  --json /m.test(out) && path.length > 0 && (inner.length === 0 || /^  --config /m.test(out)))
        withoutJson.push(path.join(' '));
    };
    await visit([]);
    expect(withoutJson).toEqual(['up', 'agent', 'collector', 'snapshot get', 'record']);
    const { out } = await run(['version', '--json']);
    expect(JSON.parse(out)).toMatchObject({ version: expect.stringMatching(/^\d/) as string, platform: 'linux' });
  });

  test.each([
    [['nonsense'], /unknown command 'nonsense'/],
    [[], /Usage: anchorwatch/],
    [['alerts', '--sinc', '1h'], /Did you mean --since/],
    [['profile', 'show'], /missing required argument 'workload'/],
    [['alerts', '--since', 'soon'], /--since: "soon" is neither/],
    [['alerts', '--severity', 'bad'], /--severity: "bad" is not one of notice, warning, critical/],
    [['alerts', '--limit', '0'], /--limit/],
    [['alerts', '--format', 'xml'], /--format: "xml" is not one of json, csv, ocsf/],
    [['snapshot', 'take'], /give a container or --incident ID/],
    [['agent'], /--collector is required/],
    [['agent', '--collector', 'ws://h:1'], /--token-file is required/],
    [['up', '--slice', '3'], /--slice: "3" is not a duration/],
    [['collector', '--store', 'postgres://db/a'], /not available yet/],
    [['collector', '--bus', 'nats://a'], /not available yet/],
  ])('%j is a mistake of usage that is explained', async (args, text) => {
    const said = await run(args);
    expect(said.status).toBe(2);
    expect(said.err).toMatch(text);
    expect(said.out).toBe('');
  });
});

describe('asking a collector', () => {
  const state = ['--state', folder];

  test('alerts are printed the newest last, for people, with nothing that a terminal acts upon', async () => {
    const said = await run(['alerts', ...state]);
    expect(said).toMatchObject({ status: 0, err: '' });
    expect(said.out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(said.out).toContain('evil \\x1b[2J\\n\\u{202e}name');
    expect(said.out.indexOf('number 1')).toBeLessThan(said.out.indexOf('number 3'));
    expect(said.out).toContain('by /usr/sbin/nginx > /bin/sh (pid 7, uid 33)');
    expect(said.out).toContain('never in 1,812 samples');
  });

  test('with --json one object a line, the same as the API has', async () => {
    const said = await run(['alerts', '--json', ...state]);
    const alerts = said.out.split('\n').map((line) => JSON.parse(line) as { title: string; seq: number });
    expect(alerts.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(alerts[1]?.title).toBe('evil \u001b[2J\n\u202ename');
  });

  test('filters and limit', async () => {
    expect((await run(['alerts', '--json', '--severity', 'critical', ...state])).out.split('\n')).toHaveLength(2);
    expect((await run(['alerts', '--workload', 'other', ...state])).err).toMatch(/^No alerts at http/);
    for (const since of ['2026-11-23T02:10:03Z', String(Date.parse('2026-11-23T02:10:03Z') / 1000)])
      expect((await run(['alerts', '--since', since, '--json', ...state])).out.split('\n')).toHaveLength(1);
    const limited = await run(['alerts', '--json', '--limit', '2', ...state]);
    expect(limited.out.split('\n').map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([2, 3]);
    expect(limited.err).toMatch(/there are older ones/);
  });

  test('in other formats, everything that matches, and nothing that a terminal acts upon', async () => {
    const csv = await run(['alerts', '--format', 'csv', ...state]);
    expect(csv.status).toBe(0);
    expect(csv.out).toMatch(/^time,severity,/);
    expect(csv.out).not.toMatch(/\u001b|\u202e/u);
    const ocsf = await run(['alerts', '--format', 'ocsf', '--severity', 'critical', '--limit', '1', ...state]);
    expect(ocsf.out.split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([
      { class_uid: 2004, finding_info: { title: 'nginx started /bin/sh number 3' } },
    ]);
    const all = await run(['alerts', '--format', 'ocsf', ...state]);
    expect(all.out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    const lines = await run(['alerts', '--format', 'json', ...state]);
    expect(lines.out).toBe((await run(['alerts', '--json', ...state])).out);
  });

  test('snapshots that are not there', async () => {
    expect(await run(['snapshot', 'list', ...state])).toMatchObject({
      ...{ status: 0, out: '' },
      err: expect.stringMatching(/^No snapshots/) as string,
    });
    expect(await run(['snapshot', 'get', 'x', ...state])).toMatchObject({
      status: 1,
      err: expect.stringMatching(/there is no snapshot x/) as string,
    });
    expect(await run(['snapshot', 'take', 'web-1', ...state])).toMatchObject({
      status: 1,
      err: expect.stringMatching(/no node has reported a container web-1/) as string,
    });
  });

  test('--follow prints what the feed brings, from --since on, until it is stopped', async () => {
    const stop = new AbortController();
    const out: string[] = [];
    const err: string[] = [];
    const terminal = {
      out: (line: string) => void out.push(line),
      err: (line: string) => {
        err.push(line);
        if (line.startsWith('following')) stop.abort();
      },
    };
    const status = await runProgram(['alerts', '--follow', '--json', '--since', '2026-11-23T02:10:02Z', ...state], {
      terminal,
      env: {},
      stop: stop.signal,
    });
    expect(status).toBe(0);
    expect(out.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([2, 3]);
    expect(err).toEqual([`following ${collector.url}`]);
  });

  test('workloads and profiles that are not there', async () => {
    expect(await run(['workloads', ...state])).toMatchObject({
      status: 0,
      out: '',
      err: expect.stringMatching(/^No workload/) as string,
    });
    const said = await run(['profile', 'show', 'shop/web', ...state]);
    expect(said).toMatchObject({
      status: 1,
      err: expect.stringMatching(/answered 404: no node has reported/) as string,
    });
  });

  test('--listen wins over the address in the state directory; nobody there is an error that says what to do', async () => {
    const said = await run(['alerts', '--listen', '127.0.0.1:9', ...state]);
    expect(said.status).toBe(1);
    expect(said.err).toMatch(/no collector answers at http:\/\/127\.0\.0\.1:9 .*anchorwatch up/);
  });

  test('something else that listens there', async () => {
    const server = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const said = await run(['alerts', '--listen', `127.0.0.1:${String(port)}`]);
    server.close();
    expect(said).toMatchObject({ status: 1, err: expect.stringMatching(/not an Anchorwatch collector/) as string });
  });
});

describe('collector', () => {
  test('makes the token, says where everything is, writes the address down and stops when told', async () => {
    const state = join(folder, 'own');
    const stop = new AbortController();
    const out: string[] = [];
    let address = '';
    const terminal = {
      err: () => undefined,
      out: (line: string) => {
        out.push(line);
        if (line.includes('token')) {
          address = readFileSync(join(state, 'listen'), 'utf8').trim();
          stop.abort();
        }
      },
    };
    const args = ['collector', '--state', state, '--listen', '127.0.0.1:0', '--log-level', 'silent'];
    expect(await runProgram(args, { terminal, env: {}, stop: stop.signal })).toBe(0);
    expect(out.join('\n')).toContain(`${address}/metrics`);
    expect(out.join('\n')).toContain(`${join(state, 'agent-token')} (made now`);
    expect(out.join('\n')).not.toContain(readFileSync(join(state, 'agent-token'), 'utf8').trim());
  });

  test('a port in use, a token file that is none', async () => {
    const state = join(folder, 'second');
    const listen = collector.url.slice('http://'.length);
    const inUse = await run(['collector', '--state', state, '--listen', listen, '--log-level', 'silent']);
    expect(inUse).toMatchObject({ status: 1, err: expect.stringMatching(/--listen/) as string });
    mkdirSync(join(folder, 'third'));
    writeFileSync(join(folder, 'third', 'agent-token'), 'short', { mode: 0o600 });
    const noToken = await run([
      'collector',
      '--state',
      join(folder, 'third'),
      '--listen',
      '127.0.0.1:0',
      '--log-level',
      'silent',
    ]);
    expect(noToken).toMatchObject({ status: 1, err: expect.stringMatching(/does not hold a token/) as string });
  });
});
