import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import type { SharedProfile } from '../../../src/model/shared-profile.ts';
import { makeReport } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric, token } from './harness.ts';
import type { Client } from './harness.ts';

const workload = { id: 'w-web', name: 'shop/web', kind: 'compose' as const };
const figures = { startup: 1, steady: 20 };

function shared(changes: Partial<SharedProfile> = {}): SharedProfile {
  return {
    ...{ workload, asOfMs: Date.now(), halfLifeMs: 2_592_000_000, nodes: 1, samples: figures, incomplete: {} },
    ...{ listeners: ['/usr/sbin/nginx'], images: ['sha256:1'] },
    features: [
      { dimension: 'exec', key: '/usr/sbin/nginx', state: 'known', count: figures, weight: figures, nodes: 1 },
    ],
    ...{ omitted: 0, ...changes },
  };
}

let harness: Harness;
let collector: RunningCollector;
let file: string;
beforeEach(async () => {
  harness = new Harness();
  collector = await harness.collector();
  file = join(harness.directory, 'web.json');
});
afterEach(() => harness.end());

async function node(name: string): Promise<Client> {
  const client = await harness.client(`${collector.url}/agent`, { authorization: `Bearer ${token}` });
  client.send({ type: 'hello', protocol: 1, node: name, agentVersion: '1' });
  client.send({ type: 'report', report: makeReport() });
  await waitFor(
    'the report',
    async () => (await metric(collector.url, `anchorwatch_containers{node="${name}"}`)) === 1,
  );
  return client;
}

/** A node that has contributed. */
async function contributor(name: string): Promise<Client> {
  const client = await node(name);
  client.send({ type: 'contribution', shared: shared() });
  client.send({ type: 'ask', workload: 'w-web' });
  await client.message('fleet');
  return client;
}

/** What a node is told. */
async function told(client: Client): Promise<SharedProfile | undefined> {
  client.messages.length = 0;
  client.send({ type: 'ask', workload: 'w-web' });
  return (await client.message('fleet'))['shared'] as SharedProfile | undefined;
}

async function run(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const listen = collector.url.replace('http://', '');
  const stop = new AbortController().signal;
  const status = await runProgram([...args, '--listen', listen], { terminal, env: {}, stop });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

describe('export and import', () => {
  test('what is exported here is told to the nodes of another fleet, until it is removed', async () => {
    for (const name of ['a', 'b']) await contributor(name);
    const said = await run('profile', 'export', 'json', 'shop/web', '--out', file);
    expect(said).toEqual({ status: 0, err: '', out: '1 features from 2 nodes' });
    const document = JSON.parse(readFileSync(file, 'utf8')) as { profile: SharedProfile };
    expect(document).toMatchObject({
      ...{ format: 'anchorwatch-profile', version: 1 },
      profile: {
        workload,
        nodes: 2,
        features: [{ key: '/usr/sbin/nginx', count: { startup: 2, steady: 40 }, nodes: 2 }],
      },
    });
    expect(document.profile.samples.steady).toBeCloseTo(40, 1);

    collector = await harness.collector({ storePath: join(harness.directory, 'other.db') });
    const fresh = await node('fresh');
    expect(await told(fresh)).toBeUndefined();
    expect((await run('profile', 'import', file)).out).toBe('1 features are imported as web for shop/web');
    expect((await run('profile', 'import', file)).status).toBe(0);
    expect(await told(fresh)).toMatchObject({ nodes: 2, features: [{ key: '/usr/sbin/nginx', nodes: 2 }] });
    expect((await run('profile', 'import', file, '--remove')).out).toBe('what was imported as web is forgotten');
    expect(await told(fresh)).toBeUndefined();
    expect((await run('profile', 'import', file, '--remove')).err).toContain('nothing was imported as web');
  });

  test('for another workload that nodes have reported', async () => {
    const client = await node('a');
    writeFileSync(
      file,
      JSON.stringify({
        ...{ format: 'anchorwatch-profile', version: 1 },
        profile: shared({ workload: { id: 'x', name: 'y', kind: 'image' } }),
      }),
    );
    expect((await run('profile', 'import', file, '--workload', 'shop/web', '--name', 'baseline')).out).toBe(
      '1 features are imported as baseline for shop/web',
    );
    expect(await told(client)).toMatchObject({ workload });
    expect((await run('profile', 'import', file, '--workload', 'nobody')).err).toContain(
      'no node has reported a workload nobody',
    );
    const removed = await run('profile', 'import', file, '--workload', 'shop/web', '--name', 'baseline', '--remove');
    expect(removed.status).toBe(0);
  });

  test.each([
    ['{"format":', 'web.json cannot be read'],
    ['{}', 'profile.workload'],
    [{ format: 'other' }, 'format'],
    [{ version: 2 }, 'version'],
    [{ profile: shared({ nodes: 0 }) }, 'profile.nodes'],
    [
      { profile: shared({ features: [{ ...shared().features[0], key: '' } as SharedProfile['features'][number]] }) },
      'profile.features.0.key',
    ],
  ])('a file that is none is refused, saying where: %j', async (changes, where) => {
    const whole = { format: 'anchorwatch-profile', version: 1, profile: shared() };
    writeFileSync(file, typeof changes === 'string' ? changes : JSON.stringify({ ...whole, ...changes }));
    const said = await run('profile', 'import', file);
    expect(said.status).toBe(1);
    expect(said.err).toContain(where);
  });

  test('what is not there is said', async () => {
    await node('a');
    expect((await run('profile', 'export', 'json', 'shop/web')).err).toContain('no node has contributed');
    expect((await run('profile', 'export', 'seccomp', 'shop/web')).err).toContain('no node has contributed');
    expect((await run('profile', 'export', 'tarball', 'shop/web')).err).toContain('there is no format tarball');
    const url = `${collector.url}/api/v1/workloads/w-web`;
    expect(await getJson(`${url}/export/json`)).toMatchObject({ status: 404, code: 'profile.unknown' });
    expect(await (await fetch(`${url}/import?name=../x`, { method: 'DELETE' })).json()).toMatchObject({ status: 400 });
  });

  test('what follows from a profile is exported where enough is known, or by force, with what it rests on', async () => {
    await contributor('a');
    const url = `${collector.url}/api/v1/workloads/w-web`;
    expect(await getJson(`${url}/export/seccomp`)).toMatchObject({ status: 409, code: 'export.too-little' });
    expect(await getJson(`${url}/export/tarball`)).toMatchObject({ status: 404, code: 'export.unknown' });
    expect(await getJson(`${url}/export/seccomp?force=yes`)).toMatchObject({ status: 400 });
    const forced = await fetch(`${url}/export/apparmor?force=true`);
    expect(forced.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await forced.text()).toContain('"/usr/sbin/nginx" mrix,');
    const policy = await fetch(`${url}/export/networkpolicy?force=true`);
    expect(policy.headers.get('content-type')).toContain('application/yaml');

    expect((await run('profile', 'export', 'seccomp', 'shop/web')).err).toContain('too little is known of shop/web');
    const said = await run('profile', 'export', 'seccomp', 'shop/web', '--force');
    expect(JSON.parse(said.out)).toMatchObject({
      'x-anchorwatch': { kind: 'default-less-rare', samples: { startup: 1, steady: 20 } },
      defaultAction: 'SCMP_ACT_ERRNO',
    });
    const inspect = join(harness.directory, 'inspect');
    writeFileSync(inspect, JSON.stringify([{ Config: { User: '33' }, HostConfig: { CapDrop: ['ALL'] } }]));
    const flags = await run('profile', 'export', 'docker', 'shop/web', '--force', '--inspect', inspect);
    expect(flags.out).toContain('\n--user=33\n');
    writeFileSync(inspect, '{}');
    const broken = await run('profile', 'export', 'docker', 'shop/web', '--force', '--inspect', inspect);
    expect(broken).toMatchObject({ status: 1, err: expect.stringContaining('says nothing of a container') as unknown });
  });

  test('advice: what is not known is unknown', async () => {
    await contributor('a');
    const { items } = (await getJson(`${collector.url}/api/v1/workloads/w-web/advice`)) as {
      items: readonly { outcome: string }[];
    };
    expect(new Set(items.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
    const said = await run('profile', 'advice', 'shop/web');
    expect(said.status).toBe(0);
    expect(said.out).toContain('UNKNOWN capabilities');
  });

  test('a node cannot take the place of an import', async () => {
    const client = await node('import:web');
    client.send({ type: 'contribution', shared: shared() });
    expect(await told(client)).toBeUndefined();
    const refused = 'anchorwatch_fleet_contributions_total{outcome="refused"}';
    expect(await metric(collector.url, refused)).toBe(1);
  });
});
