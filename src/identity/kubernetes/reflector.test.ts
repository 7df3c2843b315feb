import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makePod } from '../../../test/support/pods.ts';
import { paths, startStandInCluster } from '../../../test/support/stand-in-cluster.ts';
import type { ClusterObject, StandInCluster } from '../../../test/support/stand-in-cluster.ts';
import { standInPki } from '../../../test/support/stand-in-pki.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { createLogger } from '../../lib/log.ts';
import { accessSource } from './access.ts';
import { ApiClient, ApiFailure } from './api-client.ts';
import { Reflector, remedyOf } from './reflector.ts';
import type { ReflectorOptions } from './reflector.ts';

let cluster: StandInCluster;
let folder: string;
let client: ApiClient;
let reflector: Reflector;
/** The picture, and how it came about. */
let picture: Map<string, ClusterObject>;
let told: string[];

const serviceAccountEnv = (url: string): Record<string, string> => {
  const { hostname, port } = new URL(url);
  return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT_HTTPS: port };
};

beforeEach(async () => {
  cluster = await startStandInCluster();
  folder = mkdtempSync(join(tmpdir(), 'aw-account-'));
  writeFileSync(join(folder, 'token'), 'token-1\n');
  writeFileSync(join(folder, 'ca.crt'), standInPki.ca);
  picture = new Map();
  told = [];
});

afterEach(async () => {
  reflector.stop();
  client.close();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function follow(options: Partial<ReflectorOptions> = {}, answerTimeoutMs?: number): Promise<void> {
  const access = accessSource(undefined, serviceAccountEnv(cluster.url), folder);
  if (access === undefined) throw new Error('there is a service account');
  client = new ApiClient({ access, ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }) });
  const named = (object: unknown): ClusterObject => object as ClusterObject;
  reflector = new Reflector({
    ...{ api: client, path: paths.pods, fieldSelector: 'spec.nodeName=node-1', retryBaseMs: 5, random: () => 0.5 },
    log: createLogger({ level: 'silent' }),
    listener: {
      replaced(objects) {
        picture = new Map(objects.map((object) => [named(object).metadata.name, named(object)]));
        told.push('replaced');
      },
      put(object) {
        picture.set(named(object).metadata.name, named(object));
        told.push(`put ${named(object).metadata.name}`);
      },
      removed(object) {
        picture.delete(named(object).metadata.name);
        told.push(`removed ${named(object).metadata.name}`);
      },
    },
    ...options,
  });
  await reflector.start();
}

const put = (name: string, nodeName = 'node-1'): void =>
  cluster.put(paths.pods, makePod({ uid: `uid-${name}`, name, nodeName }));
const watching = (): Promise<true> => waitFor('the watch', () => cluster.watchers() === 1 || undefined);
const shown = (...names: string[]): Promise<true> =>
  waitFor(
    `the picture to be ${names.join(' ')}`,
    () => [...picture.keys()].toSorted().join(' ') === names.join(' ') || undefined,
  );
const lists = (): readonly string[] => cluster.requests.filter((request) => !request.includes('watch=true'));

describe('Kubernetes API concepts: efficient detection of changes', () => {
  test('a list, then a watch from its version on', async () => {
    put('a');
    await follow();
    await watching();
    put('b');
    await shown('a', 'b');
    cluster.remove(paths.pods, 'uid-a');
    await shown('b');
    expect(told).toEqual(['replaced', 'put b', 'removed a']);
    expect(reflector.counters).toMatchObject({ lists: 1, watches: 1, failures: 0 });
    expect(cluster.requests.at(-1)).toContain('resourceVersion=101');
  });

  test('a watch that the server ends goes on from the last version: nothing is listed or told again', async () => {
    await follow();
    await watching();
    put('a');
    await shown('a');
    cluster.endStreams();
    await waitFor('the next watch', () => reflector.counters.watches === 2 && cluster.watchers() === 1);
    put('b');
    await shown('a', 'b');
    expect(told).toEqual(['replaced', 'put a', 'put b']);
  });

  test('410 Gone as an event of the watch: listed anew, what was missed is there', async () => {
    put('a');
    await follow();
    await watching();
    cluster.compact();
    put('b');
    cluster.remove(paths.pods, 'uid-a');
    await shown('b');
    cluster.compact();
    cluster.endStreams();
    await waitFor('the second list', () => reflector.counters.lists === 2);
    await watching();
    put('c');
    await shown('b', 'c');
    expect(reflector.counters.expired).toBe(1);
  });

  test('410 Gone as a status: the same', async () => {
    put('a');
    await follow();
    await watching();
    cluster.gone = 'status';
    cluster.compact();
    cluster.endStreams();
    await waitFor('the second list', () => reflector.counters.lists === 2);
    await shown('a');
    // Not from a cache that may be older than what is known.
    expect(lists().at(-1)).not.toContain('resourceVersion=0');
  });

  test('bookmarks move the version on, so that nothing expires where nothing happens', async () => {
    await follow();
    await watching();
    cluster.compact();
    cluster.bookmark();
    put('a');
    await shown('a');
    cluster.endStreams();
    await waitFor('the next watch', () => reflector.counters.watches === 2);
    expect(reflector.counters).toMatchObject({ lists: 1, expired: 0 });
    expect(cluster.requests[1]).toContain('allowWatchBookmarks=true');
  });

  test('only the pods of the own node, by field selector', async () => {
    put('a');
    put('elsewhere', 'node-2');
    await follow();
    await watching();
    put('moving', 'node-2');
    put('b');
    await shown('a', 'b');
    expect(cluster.requests.every((request) => request.includes('fieldSelector=spec.nodeName%3Dnode-1'))).toBe(true);
  });
});

describe('Kubernetes API concepts: retrieving large results sets in chunks', () => {
  test('5,000 pods, in pages', async () => {
    for (let number = 0; number < 5_000; number++) put(`pod-${number}`);
    await follow();
    await waitFor('the first picture', () => picture.size === 5_000);
    await watching();
    cluster.compact();
    cluster.endStreams();
    await waitFor('the second', () => reflector.counters.lists === 2);
    expect(picture.size).toBe(5_000);
    const pages = lists().slice(1);
    expect(pages).toHaveLength(10);
    expect(pages.slice(1).every((page) => page.includes('continue=') && !page.includes('resourceVersion'))).toBe(true);
  });

  test('a first list from the cache that comes in pages too', async () => {
    cluster.cachePages = true;
    for (let number = 0; number < 1_200; number++) put(`pod-${number}`);
    await follow();
    await watching();
    expect([picture.size, lists().length]).toEqual([1_200, 3]);
    expect(lists().map((page) => page.includes('resourceVersion=0'))).toEqual([true, false, false]);
    put('new');
    await waitFor('the new one', () => picture.has('new'));
  });

  test('a continue token that expired: the list begins anew', async () => {
    for (let number = 0; number < 1_200; number++) put(`pod-${number}`);
    await follow();
    await watching();
    cluster.compact();
    cluster.troubles.push(
      { path: paths.pods, trouble: { status: 410 } },
      { path: paths.pods, trouble: { status: 410 } },
    );
    cluster.endStreams();
    await waitFor('the second list', () => reflector.counters.lists === 2);
    expect(picture.size).toBe(1_200);
  });
});

describe('API priority and fairness', () => {
  test('503 with Retry-After in the place of a watch: nothing is listed again', async () => {
    put('a');
    await follow();
    await watching();
    cluster.troubles.push({ trouble: { status: 503, retryAfterSeconds: 1 } });
    cluster.endStreams();
    await waitFor('the refusal', () => reflector.counters.throttled === 1);
    await watching();
    put('b');
    await shown('a', 'b');
    expect(told).toEqual(['replaced', 'put b']);
    expect(reflector.counters).toMatchObject({ lists: 1, failures: 0 });
  });

  test('429: waits for as long as Retry-After says, then goes on where it was', async () => {
    put('a');
    cluster.troubles.push({ trouble: { status: 429, retryAfterSeconds: 1 } });
    const sinceMs = performance.now();
    await follow();
    await shown('a');
    expect(performance.now() - sinceMs).toBeGreaterThan(990);
    expect(reflector.counters).toMatchObject({ throttled: 1, lists: 1 });
    expect(reflector.current).toBe(true);
  });
});

describe('authentication', () => {
  test('a server with a certificate of another authority is not told the token', async () => {
    rmSync(join(folder, 'ca.crt'));
    await follow();
    expect(reflector.trouble).toMatch(/certificate/);
    expect([cluster.requests, reflector.synced]).toEqual([[], false]);
    writeFileSync(join(folder, 'ca.crt'), standInPki.ca);
    await waitFor('the right authority to be read', () => reflector.current);
  });

  test('a token that expired is read again from its file, which the kubelet has renewed', async () => {
    put('a');
    await follow();
    await watching();
    cluster.tokens.clear();
    cluster.tokens.add('token-2');
    cluster.endStreams();
    await waitFor('the refusal', () => reflector.counters.unauthorized > 0);
    expect(reflector.current).toBe(false);
    writeFileSync(join(folder, 'token'), 'token-2');
    await waitFor('the API to answer again', () => reflector.current);
    await watching();
    put('b');
    await shown('a', 'b');
    expect(told).toEqual(['replaced', 'put b']);
  });

  test('403 Forbidden is not asked again at once', () => {
    expect(remedyOf(new ApiFailure(403, 'no'), 0, () => 0, 500)).toEqual({
      reason: 'forbidden',
      waitMs: 60_000,
      relist: false,
    });
  });
});

describe('streams', () => {
  test('pieces of any size, in the middle of a character too', async () => {
    cluster.pieceBytes = 3;
    await follow();
    await watching();
    put('ä-ö-€-𝄞');
    await shown('ä-ö-€-𝄞');
    expect(reflector.counters.broken).toBe(0);
  });

  test('an event that was torn is told by the next watch, once', async () => {
    await follow();
    await watching();
    cluster.tear(paths.pods, makePod({ uid: 'uid-a', name: 'a' }));
    await shown('a');
    expect(told).toEqual(['replaced', 'put a']);
    expect(reflector.counters).toMatchObject({ lists: 1, broken: 0 });
  });

  test('a line that is no event is counted, and what it may have said is listed', async () => {
    put('a');
    await follow();
    await watching();
    cluster.write('{"type":\n');
    await waitFor('the second list', () => reflector.counters.lists === 2);
    expect(reflector.counters.broken).toBe(1);
    await shown('a');
  });

  test('a server that falls silent is given up', async () => {
    put('a');
    cluster.troubles.push({ trouble: 'silence' });
    await follow({}, 200);
    await shown('a');
    expect(reflector.counters.failures).toBe(1);
  });

  test('a watch that says nothing past its time is opened again', async () => {
    cluster.endless = true;
    await follow({ watchSeconds: 1 });
    await waitFor('the second watch', () => reflector.counters.watches >= 2);
    put('a');
    await shown('a');
    expect(reflector.counters).toMatchObject({ lists: 1, failures: 0 });
  });

  test('a server that restarts: nothing is doubled or missed', async () => {
    put('a');
    await follow();
    await watching();
    const restarted = cluster.restart(100);
    put('b');
    await restarted;
    await shown('a', 'b');
    expect(told).toEqual(['replaced', 'put b']);
  });
});
