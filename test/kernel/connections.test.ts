import { describe, expect, test } from 'vitest';
import { Harness } from './harness.ts';

// Strict mode keeps to the hooks that older kernels have to do with as well.
describe.each([
  ['the hooks that this kernel has', false],
  ['those of older kernels', true],
])('by %s', (_, allSyscalls) => {
  const harness = new Harness({ allSyscalls });

  test('listening, connecting and accepting by TCP and by MPTCP is one thing, told once', async () => {
    const before = harness.sensor.counts.read(harness.container.cgroupId).connects ?? 0;
    const script = `perl -MSocket -e 'for my $port (14061, 14062) { my $protocol = $port == 14061 ? 6 : 262; for (1..2) {
socket(L,AF_INET,SOCK_STREAM,$protocol) or socket(L,AF_INET,SOCK_STREAM,6); setsockopt(L,SOL_SOCKET,SO_REUSEADDR,1);
bind(L,sockaddr_in($port,inet_aton("127.0.0.1"))) or die $!; listen(L,5); socket(S,AF_INET,SOCK_STREAM,$protocol) or socket(S,AF_INET,SOCK_STREAM,6);
connect(S,sockaddr_in($port,inet_aton("127.0.0.1"))) or die $!; accept(C,L) or die $!; close C; close S; close L } }'`;
    await harness.container.run(script);
    await harness.settled();
    const told = (): readonly string[] =>
      harness.seen
        .flatMap(({ event }) =>
          event.kind === 'connect' || event.kind === 'listen' || event.kind === 'accept'
            ? [`${event.kind} ${event.protocol} ${event.address} ${event.port}`]
            : [],
        )
        .toSorted();
    expect(told()).toEqual(
      ['accept', 'connect', 'listen'].flatMap((kind) =>
        [14_061, 14_062].map((port) => `${kind} tcp 127.0.0.1 ${port}`),
      ),
    );
    const connected = harness.seen.find(({ event }) => event.kind === 'connect')?.event.process;
    expect(connected?.exe).toMatch(/\/perl$/);
    expect(connected?.execution).toMatch(/^\d+$/);
    expect(connected?.ancestors.length).toBeGreaterThan(0);
    expect(harness.sensor.counts.read(harness.container.cgroupId).connects).toBe(before + 4);
    // What is known stays silent, in another sample too, until it is captured.
    harness.answerAll('known');
    for (const sample of [2, 3]) {
      harness.seen = [];
      harness.watch(sample, harness.workload, sample === 3);
      await harness.container.run(script);
      await harness.settled();
      if (sample === 2) expect(told()).toEqual([]);
    }
    expect(told().filter((line) => line === 'connect tcp 127.0.0.1 14061')).toHaveLength(2);
    const event = harness.seen.find((seen) => seen.event.kind === 'connect')?.event;
    expect(event?.captured).toBe(true);
    harness.sensor.capture(harness.container.cgroupId, false);
    // A key that is taken back is told again in the same sample.
    if (event?.kernelKey !== undefined) harness.sensor.tellAgain(harness.workload, [event.kernelKey]);
    harness.seen = [];
    await harness.container.run(script);
    await harness.settled();
    expect(told()).toEqual([expect.stringMatching(/^connect tcp /)]);
  });

  test('a container shows a port for itself: what another one is known to do is told of it', async () => {
    const listen = (port: number): string =>
      `perl -MSocket -e 'socket(S,AF_INET,SOCK_STREAM,0); connect(S,sockaddr_in(${port},inet_aton("127.0.0.1")))'`;
    for (const port of [14_063, 14_067, 14_071]) await harness.container.run(listen(port));
    await harness.settled();
    harness.answerAll('known');
    harness.watch(2, 'another-workload');
    harness.seen = [];
    for (const port of [14_063, 14_067, 14_071]) await harness.container.run(listen(port));
    await harness.settled();
    expect(harness.seen.flatMap(({ event }) => (event.kind === 'connect' ? [event.port] : []))).toEqual([
      14_063, 14_067, 14_071,
    ]);
  });

  test('raw and packet sockets, allowed and refused; no others', async () => {
    await harness.container.run(
      `perl -MSocket -e 'socket(A,AF_INET,SOCK_RAW,1); socket(B,17,SOCK_RAW,0); socket(C,AF_INET,SOCK_DGRAM,0); socket(D,AF_UNIX,SOCK_STREAM,0);
$> = 33; socket(E,AF_INET6,SOCK_RAW,58); socket(F,AF_INET,SOCK_RAW,1)'`,
    );
    await harness.settled();
    expect(harness.calls().filter((line) => line.startsWith('socket '))).toEqual([
      'socket packet',
      'socket raw',
      'socket raw EPERM',
      'socket raw EPERM',
    ]);
  });
});
