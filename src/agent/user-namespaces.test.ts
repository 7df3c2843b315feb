import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import type { Event } from '../model/event.ts';
import { UserNamespaces } from './user-namespaces.ts';

let proc: string;
let ours: Set<number>;
let users: UserNamespaces;

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'aw-users-'));
  ours = new Set([100, 9]);
  users = new UserNamespaces(proc, (_, pid) => ours.has(pid));
});
afterEach(() => rmSync(proc, { recursive: true, force: true }));

function process(pid: number, namespace: string, map: string): void {
  mkdirSync(`${proc}/${pid}/ns`, { recursive: true });
  symlinkSync(namespace, `${proc}/${pid}/ns/user`);
  writeFileSync(`${proc}/${pid}/uid_map`, map);
}

/** What the user of an event is called inside. */
function inside(uid: number, container = makeContainer(), pid = 9): number | undefined {
  const event = { kind: 'exec', process: { pid, uid } } as unknown as Event;
  return users.named(event, container).process?.containerUid;
}

test('the container’s own map names its users; who is from outside has no name there', () => {
  process(100, 'user:[7]', '0 327680 65536\n');
  expect([inside(327_680), inside(327_713), inside(0)]).toEqual([0, 33, undefined]);
});

test('where users are the node’s there is nothing to say', () => {
  process(100, 'user:[1]', '0 0 4294967295\n');
  expect(inside(33)).toBeUndefined();
});

test('a map is read once for all containers of a namespace, and never from a process that is another’s', () => {
  process(100, 'user:[7]', '0 327680 65536\n');
  expect(inside(327_680)).toBe(0);
  process(101, 'user:[7]', '0 1 1\n');
  ours.add(101);
  expect(inside(327_681, makeContainer({ id: 'sidecar', pid: 101 }))).toBe(1);
  process(102, 'user:[8]', '0 500000 65536\n');
  expect(inside(500_000, makeContainer({ id: 'other', pid: 102 }), 102)).toBeUndefined();
});

test('the process of the event stands in where the first one is not known yet, or has ended', () => {
  process(9, 'user:[7]', '0 327680 65536\n');
  expect(inside(327_713, makeContainer({ pid: 0 }))).toBe(33);
});

test('a container of which nothing can be read is not asked for for ever; a new run is', () => {
  for (let attempt = 0; attempt < 8; attempt++) expect(inside(327_680)).toBeUndefined();
  process(100, 'user:[7]', '0 327680 65536\n');
  expect(inside(327_680)).toBeUndefined();
  users.forget(makeContainer().id);
  expect(inside(327_680)).toBe(0);
});
