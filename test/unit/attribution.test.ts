import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pipeline } from '../../src/agent/pipeline.ts';
import type { Watch } from '../../src/agent/watch.ts';
import { Book } from '../../src/identity/book.ts';
import type { Announcement } from '../../src/identity/containers.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Container } from '../../src/model/container.ts';
import type { Event } from '../../src/model/event.ts';
import { makeContainer } from '../support/containers.ts';

const containersMax = 3;
/** So few that they are given again soon. */
const cgroupsMax = 2;
const pidsMax = 3;
/** As `Pending` has it. */
const waitingMaxMs = 10_000;
const idOf = (index: number): string => String(index).repeat(64);

/** A record of the kernel; they come in their order, however late. */
type Told =
  | { readonly what: 'made' | 'removed'; readonly cgroup: number; readonly container: number }
  | { readonly what: 'event'; readonly cgroup: number; readonly event: Event };

/** What a test does to the node, or lets the agent see of it. */
type Act =
  | {
      readonly act: 'make' | 'remove' | 'work' | 'engine-start' | 'engine-die';
      readonly container: number;
      readonly pid: number;
    }
  | { readonly act: 'deliver' | 'wait'; readonly amount: number }
  | { readonly act: 'answer'; readonly amount: number };

/**
 * A node with an agent: what is true (which container has which cgroup), the kernel's records on their way, and questions to the engine that
 * are answered whenever the test says. Events bear their container's index in `comm`, which nothing decides by.
 */
class Node {
  readonly handed: { readonly given: string; readonly true: string }[] = [];
  produced = 0;
  readonly #book = new Book();
  readonly #own = new Map<number, number>();
  readonly #free = Array.from({ length: cgroupsMax }, (_, i) => i + 1);
  readonly #gone: { readonly cgroup: number; readonly sinceMs: number }[] = [];
  readonly #records: Told[] = [];
  readonly #questions: (() => void)[] = [];
  #nowMs = 1_000;
  readonly pipeline: Pipeline;

  constructor() {
    const clock = { nowMs: () => this.#nowMs, monotonicMs: () => this.#nowMs };
    const watch = {
      containerStarted: () => ({ number: 1, stratum: 'startup' }),
      containerStopped: () => undefined,
      kernelKeys: () => [],
      rolloverDue: () => false,
      rollover: () => ({ changes: [], sliceEnded: false, updates: [] }),
      handle: (event: Event, container: Container) => {
        this.handed.push({ given: container.id, true: idOf(Number(event.process?.comm)) });
        return { mark: 'none', alsoKnown: [], saveNow: false };
      },
    } as unknown as Watch;
    this.pipeline = new Pipeline({
      ...{ watch, clock, log: createLogger({ level: 'silent' }), ownPids: [], alerts: { push: () => undefined } },
      ...{
        losses: { add: () => undefined, recent: () => [] },
        recorder: { record: () => undefined, alerted: () => undefined, end: () => undefined },
        captureMs: 0,
      },
      containers: {
        byId: (id) => this.#book.byId(id),
        byCgroup: (cgroupId) => this.#book.byCgroup(cgroupId),
        announce: (cgroupId, path) => this.#announce(cgroupId, path),
      },
    });
  }

  do(act: Act): void {
    switch (act.act) {
      case 'make': {
        const cgroup = this.#own.has(act.container) ? undefined : this.#free.shift();
        if (cgroup === undefined) return;
        this.#own.set(act.container, cgroup);
        this.#records.push({ what: 'made', cgroup, container: act.container });
        return;
      }
      case 'remove': {
        const cgroup = this.#own.get(act.container);
        if (cgroup === undefined) return;
        this.#own.delete(act.container);
        this.#records.push({ what: 'removed', cgroup, container: act.container });
        return;
      }
      case 'work': {
        const cgroup = this.#own.get(act.container);
        if (cgroup === undefined) return;
        this.produced++;
        this.#records.push({ what: 'event', cgroup, event: readBy(act.container, cgroup, act.pid, this.#nowMs) });
        return;
      }
      case 'engine-start': {
        const cgroup = this.#own.get(act.container);
        if (cgroup !== undefined) this.#start(act.container, String(cgroup));
        return;
      }
      case 'engine-die':
        if (!this.#own.has(act.container)) this.#end(idOf(act.container));
        return;
      case 'deliver':
        for (const record of this.#records.splice(0, act.amount)) this.#take(record);
        return;
      case 'answer':
        for (const answer of this.#questions.splice(0, act.amount)) answer();
        return;
      case 'wait':
        this.#nowMs += act.amount * 1_000;
        this.pipeline.tick();
        this.#release();
    }
  }

  /**
   * A number is given again when nothing waits for its container any more. (Linux gives each of 2^32 in turn, with a generation in front:
   * kernfs_new_node.)
   */
  #release(): void {
    for (const one of this.#gone.splice(0))
      if (this.#nowMs - one.sinceMs > waitingMaxMs) this.#free.unshift(one.cgroup);
      else this.#gone.push(one);
  }

  /** Everything that is on its way arrives; what never finds its container grows too old. */
  async settle(): Promise<void> {
    this.do({ act: 'deliver', amount: this.#records.length });
    this.do({ act: 'answer', amount: this.#questions.length });
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    this.do({ act: 'wait', amount: 60 });
  }

  #take(record: Told): void {
    if (record.what === 'event') {
      this.pipeline.event(record.event);
    } else if (record.what === 'made') {
      void this.pipeline.cgroupMade(String(record.cgroup), `/docker/${idOf(record.container)}`);
    } else {
      const container = this.#book.byCgroup(String(record.cgroup));
      if (container?.cgroupId === String(record.cgroup)) this.#end(container.id);
      this.#gone.push({ cgroup: record.cgroup, sinceMs: this.#nowMs });
    }
  }

  /** As `Containers` does it, with an engine that answers later. */
  async #announce(cgroupId: string, path: string): Promise<Announcement> {
    const id = path.slice('/docker/'.length);
    this.#book.made(cgroupId, id);
    await new Promise<void>((answer) => this.#questions.push(answer));
    const index = Number(id.charAt(0));
    if (this.#own.get(index) !== Number(cgroupId)) return 'not-a-container';
    this.#start(index, cgroupId);
    return 'container';
  }

  #start(index: number, cgroupId: string): void {
    const id = idOf(index);
    const again = this.#book.isRunning(id) && this.#book.byId(id)?.cgroupId === cgroupId;
    if (!again) this.#end(id);
    const container = makeContainer({ id, cgroupId, pid: 0, startedAtMs: this.#nowMs });
    this.#book.put(container);
    if (!again) this.pipeline.started(container);
  }

  #end(id: string): void {
    const container = this.#book.byId(id);
    if (container !== undefined && this.#book.end(id, this.#nowMs)) this.pipeline.stopped(container);
  }
}

function readBy(container: number, cgroup: number, pid: number, timeMs: number): Event {
  return {
    ...{ kind: 'file', access: 'read', path: '/etc/shadow', created: false, fileType: 'regular', origin: 'image' },
    ...{ timeMs, cgroupId: String(cgroup), source: 'kernel' },
    process: {
      ...{ pid, startTimeNs: String(pid), comm: String(container), exe: '/bin/cat', args: ['cat'], uid: 0, gid: 0 },
      ...{ cwd: '/', ancestors: [] },
    },
  };
}

const container = fc.integer({ min: 1, max: containersMax });
const pid = fc.integer({ min: 1, max: pidsMax });
const actOf = (act: 'make' | 'remove' | 'work' | 'engine-start' | 'engine-die', weight: number) => ({
  weight,
  arbitrary: fc.record({ act: fc.constant(act), container, pid }),
});
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof<fc.WeightedArbitrary<Act>[]>(
    ...[actOf('make', 3), actOf('remove', 2), actOf('work', 6), actOf('engine-start', 2), actOf('engine-die', 1)],
    {
      weight: 4,
      arbitrary: fc.record({ act: fc.constant('deliver' as const), amount: fc.integer({ min: 1, max: 6 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ act: fc.constant('answer' as const), amount: fc.integer({ min: 1, max: 2 }) }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('wait' as const), amount: fc.constantFrom(1, 11, 11, 400) }) },
  ),
  { minLength: 30, maxLength: 120 },
);

test('an event is judged as that of the container that had its cgroup then, or counted as lost, whatever comes late', async () => {
  let [given, lost] = [0, 0];
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      const node = new Node();
      for (const act of all) {
        node.do(act);
        await Promise.resolve();
      }
      await node.settle();
      for (const event of node.handed) expect(event.given).toBe(event.true);
      const { full = 0, expired = 0, failed } = node.pipeline.lost;
      const nobody = node.pipeline.events['not-a-container'] ?? 0;
      expect([failed, node.pipeline.pendingEvents]).toEqual([0, 0]);
      expect(node.handed.length + full + expired + nobody).toBe(node.produced);
      given += node.handed.length;
      lost += expired + nobody;
    }),
    { numRuns: 1000 },
  );
  expect(given).toBeGreaterThan(1000);
  expect(lost).toBeGreaterThan(0);
});

test('what waits for an engine that is silent is bounded, and what is too much is counted', async () => {
  const node = new Node();
  for (const one of [1, 2]) {
    node.do({ act: 'make', container: one, pid: 1 });
    for (let i = 0; i < 2_100; i++) node.do({ act: 'work', container: one, pid: 1 });
  }
  node.do({ act: 'deliver', amount: 5_000 });
  expect([node.pipeline.pendingEvents, node.pipeline.lost['full']]).toEqual([4_000, 200]);
  await node.settle();
  expect([node.pipeline.pendingEvents, node.handed.length, node.pipeline.lost['full']]).toEqual([0, 4_000, 200]);
  expect(node.handed.every((event) => event.given === event.true)).toBe(true);
});
