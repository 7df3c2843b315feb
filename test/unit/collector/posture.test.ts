import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PostureVerdict } from '../../../src/model/posture.ts';
import { PostureCourier } from '../../../src/outbox/posture-courier.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness, token } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

const workload = { id: 'w1', name: 'shop/web', kind: 'compose' } as const;
function verdict(name: string, failing: readonly string[], passed: readonly string[] = ['seccomp']): PostureVerdict {
  return {
    container: { id: Buffer.from(name).toString('hex').padEnd(64, '0'), name, image: 'web:7', digest: 'sha256:aa' },
    ...{ workload, timeMs: Date.now(), passed },
    outcomes: failing.map((check) => ({
      check,
      result: 'fail',
      note: 'so it is',
      evidence: [{ field: 'HostConfig', value: 'x' }],
    })),
  };
}

interface Page {
  readonly items: readonly {
    readonly check: string;
    readonly result: string;
    readonly severity: string;
    readonly exception?: { expired: boolean };
    readonly container?: { name: string };
  }[];
  readonly next?: string;
}
const get = async (url: string, path: string): Promise<Page> => (await (await fetch(`${url}${path}`)).json()) as Page;

/** An agent with these verdicts; what it says later is said by the courier. */
function agent(url: string, verdicts: PostureVerdict[]): PostureCourier {
  const courier = new PostureCourier(() => verdicts);
  harness.outbox(url, { companion: courier });
  return courier;
}

test('what a node says is stored, served, counted, and told as it changes', async () => {
  const { url } = await harness.collector();
  const verdicts = Array.from({ length: 700 }, (_, index) =>
    verdict(`web-${String(index)}`, ['privileged', 'memory-limit']),
  );
  const courier = agent(url, verdicts);
  await waitFor('the full report, which is several messages', async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return metrics.includes('anchorwatch_posture_findings{practice="D09",severity="critical"} 700');
  });
  const feed = await harness.client(`${url}/feed?kind=posture&severity=critical`);
  const one = verdict('web-1', ['memory-limit'], ['seccomp', 'privileged']);
  courier.changed(one);
  courier.gone(verdict('web-2', []).container?.id ?? '');
  await waitFor('the change', async () => (await get(url, '/api/v1/posture?container=web-1')).items.length === 1);
  expect((await get(url, '/api/v1/posture?container=web-2')).items).toEqual([]);
  await waitFor('the feed', () => feed.messages.length >= 2);
  expect(feed.messages[0]).toMatchObject({
    type: 'posture',
    node: 'worker-3',
    container: { name: 'web-1' },
    changes: [{ check: 'privileged', was: 'fail', result: 'pass' }],
  });
  const { items } = await get(url, '/api/v1/posture/changes?container=web-1&practice=privileged');
  expect(items).toMatchObject([{ result: 'pass' }, { result: 'fail' }]);
});

test('a page says where it goes on, an unknown parameter what there is, and formats are whole', async () => {
  const { url } = await harness.collector();
  agent(url, [verdict('a', ['privileged', 'sshd']), verdict('b', ['host-pid'])]);
  await waitFor('the report', async () => (await get(url, '/api/v1/posture')).items.length === 3);
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const { items, next } = await get(url, `/api/v1/posture?limit=1${after}`);
    seen.push(...items.map(({ check }) => check));
    if (next === undefined) break;
    after = `&after=${next}`;
  }
  expect(seen).toEqual(['privileged', 'host-pid', 'sshd']);
  expect((await get(url, '/api/v1/posture?practice=docker-9&severity=critical')).items).toHaveLength(2);
  expect((await get(url, '/api/v1/posture?result=pass')).items.map(({ check }) => check)).toEqual([
    'seccomp',
    'seccomp',
  ]);
  for (const wrong of ['result=bad', 'practice=nothing', 'after=x', 'severity=awful', 'colour=red'])
    expect((await fetch(`${url}/api/v1/posture?${wrong}`)).status, wrong).toBe(400);
  const sarif = await fetch(`${url}/api/v1/posture?format=sarif`);
  expect(sarif.headers.get('content-type')).toContain('application/sarif+json');
  expect(((await sarif.json()) as { runs: { results: unknown[] }[] }).runs[0]?.results).toHaveLength(3);
  const junit = await (await fetch(`${url}/api/v1/posture?format=junit`)).text();
  expect(junit.match(/<testcase /g)).toHaveLength(5);
});

test('exceptions need an owner, a reason and an end; those that hold do not count, those that expired do, and it is said', async () => {
  const file = join(harness.directory, 'exceptions.yaml');
  mkdirSync(harness.directory, { recursive: true });
  writeFileSync(
    file,
    [
      'exceptions:',
      '  - { of: sshd, workload: shop/web, owner: ann, reason: long ago, expires: 2020-01-01 }',
      '  - { of: nothing, owner: ann, reason: none, expires: 2999-01-01 }',
      '  - { of: host-pid, owner: ann, expires: 2999-01-01 }',
      '',
    ].join('\n'),
  );
  const { url } = await harness.collector({ postureExceptions: file });
  agent(url, [verdict('a', ['privileged', 'sshd'])]);
  await waitFor('the report', async () => (await get(url, '/api/v1/posture')).items.length === 2);
  const log = harness.lines.join('\n');
  expect(log).toContain(`${file}:3: there is no check and no practice nothing`);
  expect(log).toContain(`${file}:4: reason`);
  expect(log).toContain('the exception of sshd expired: what it was for counts again');

  const post = (body: object): Promise<Response> =>
    fetch(`${url}/api/v1/posture/exceptions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const whole = { of: 'privileged', container: 'a', owner: 'bob', reason: 'runs builds', expires: '2999-01-01' };
  for (const key of ['owner', 'reason', 'expires', 'of'] as const)
    expect((await post({ ...whole, [key]: undefined })).status, key).toBe(400);
  expect((await post({ ...whole, of: 'nothing' })).status).toBe(400);
  expect((await post({ ...whole, expires: 'never' })).status).toBe(400);
  const made = await post(whole);
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const found = (await get(url, '/api/v1/posture')).items;
  expect(found.map(({ check, exception }) => [check, exception?.expired])).toEqual([
    ['privileged', false],
    ['sshd', true],
  ]);
  expect((await get(url, '/api/v1/posture?excepted=false')).items.map(({ check }) => check)).toEqual(['sshd']);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('anchorwatch_posture_findings{practice="D09",severity="critical"} 0');
  expect(metrics).toContain('anchorwatch_posture_findings{practice="O04",severity="warning"} 1');
  expect(metrics).toContain('anchorwatch_posture_exceptions{state="expired"} 1');
  const remove = async (one: string): Promise<number> =>
    (await fetch(`${url}/api/v1/posture/exceptions/${one}`, { method: 'DELETE' })).status;
  expect([await remove('file-1'), await remove(id), await remove(id)]).toEqual([409, 200, 404]);
  expect((await get(url, '/api/v1/posture?excepted=false')).items).toHaveLength(2);
});

test('an agent of the release before is not asked for practices, and says none', async () => {
  const { url } = await harness.collector();
  const old = await harness.client(`${url}/agent`, { authorization: `Bearer ${token}` });
  old.send({ type: 'hello', protocol: 1, node: 'old', agentVersion: '0.0.1' });
  const welcome = await old.message('welcome');
  expect(welcome['accepts']).toEqual(['fleet']);
  const now = await harness.client(`${url}/agent`, { authorization: `Bearer ${token}` });
  now.send({ type: 'hello', protocol: 2, node: 'now', agentVersion: '0.1.0' });
  expect((await now.message('welcome'))['accepts']).toContain('posture');
  now.send({ type: 'posture', id: 1, first: true, last: true, verdicts: [verdict('a', ['privileged'])], gone: [] });
  expect(await now.message('posture-kept')).toMatchObject({ id: 1, outcome: 'stored' });
  now.send({ type: 'posture', id: 2, first: true, last: true, verdicts: [{ timeMs: -1 }], gone: [] });
  expect(await now.message('refuse')).toMatchObject({ code: 'message.invalid' });
});

test('an agent says nothing to a collector that takes none', () => {
  const sent: object[] = [];
  const courier = new PostureCourier(() => [verdict('a', ['privileged'])]);
  courier.opened(['fleet', 'evidence'], (message) => sent.push(message));
  courier.changed(verdict('a', []));
  expect(sent).toEqual([]);
  courier.ended();
});
