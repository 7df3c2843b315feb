import { expect, test } from 'vitest';
import { Harness } from './harness.ts';

const harness = new Harness();

test('files that are made are counted, and descriptors beyond the first 1,024 of a process or that are refused', async () => {
  const { container, sensor } = harness;
  const grown = async (deed: string): Promise<readonly number[]> => {
    const then = sensor.counts.read(container.cgroupId);
    await container.run(deed);
    await harness.settled();
    const now = sensor.counts.read(container.cgroupId);
    return (['creates', 'descriptors'] as const).map((name) => (now[name] ?? 0) - (then[name] ?? 0));
  };
  const directory = '/tmp/anchorwatch-counts-$$';
  const made = `mkdir ${directory}; for i in 1 2 3 4 5; do : > ${directory}/$i; : > ${directory}/$i; done; rm -r ${directory}`;
  // To run something makes files, too.
  const [own = 0] = await grown('true');
  expect(await grown(made)).toEqual([own + 5, 0]);
  const [, beyond = 0] = await grown(
    `ulimit -n 4096; perl -e 'while (@k < 1100) { open $f, "<", "/dev/null"; push @k, $f; undef $f }'`,
  );
  // What perl itself has open comes before them.
  expect(beyond).toBeGreaterThanOrEqual(1100 + 3 - 1024);
  expect(beyond).toBeLessThan(1100 + 16 - 1024);
  const [, refused = 0] = await grown(
    `ulimit -n 64; perl -e 'while (@k < 80) { pipe $r, $w or last; push @k, $r, $w; undef $r; undef $w }'`,
  );
  expect(refused).toBe(512);
});

test('executions, TCP connections and DNS questions are counted by container, known or not, and forgotten with it', async () => {
  const { container, sensor } = harness;
  const before = sensor.counts.read(container.cgroupId);
  const question = String.raw`\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01`;
  const deeds = [
    'for i in 1 2 3 4 5 6 7; do /bin/true; done',
    // Nobody listens there: what is refused was begun.
    'for i in 1 2 3; do (: < /dev/tcp/127.0.0.1/1) 2> /dev/null; done',
    `for i in 1 2; do (printf '${question}' > /dev/udp/127.0.0.1/53) 2> /dev/null; done`,
  ];
  for (const sample of [1, 2]) {
    // A sample that begins leaves the counts as they are.
    harness.watch(sample);
    for (const deed of deeds) await container.run(deed);
    await harness.settled();
    harness.answerAll('known');
  }
  const after = sensor.counts.read(container.cgroupId);
  const grown = (['execs', 'connects', 'dnsQuestions'] as const).map(
    (name) => (after[name] ?? 0) - (before[name] ?? 0),
  );
  expect(grown).toEqual([14, 6, 4]);
  sensor.unwatch(container.cgroupId);
  expect(sensor.counts.read(container.cgroupId)).toEqual({});
});
