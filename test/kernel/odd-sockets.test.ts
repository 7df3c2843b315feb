import { expect, test } from 'vitest';
import { Harness } from './harness.ts';

const harness = new Harness({ everySocket: true });

test('sockets of odd families are told when they are made, also those that are refused, and recognised; others are not', async () => {
  const told = (): readonly string[] => harness.calls().filter((call) => call.startsWith('socket '));
  // Netlink of the firewall, of routes (which name look-ups use), a family that there is not, a raw socket, TCP and UDP.
  const script = `perl -e 'for ([16, 3, 12], [16, 3, 0], [30, 1, 0], [2, 3, 1], [2, 1, 0], [10, 2, 0], [1, 1, 0]) { socket(my $s, $_->[0], $_->[1], $_->[2]) }'`;
  await harness.container.run(script);
  await harness.settled();
  // The firewall may be a module that is not there.
  expect(told().map((call) => call.replace(/ EPROTONOSUPPORT$/, ''))).toEqual([
    'socket netlink',
    'socket raw',
    'socket tipc EAFNOSUPPORT',
  ]);
  harness.answerAll('known');
  harness.seen = [];
  await harness.container.run(script);
  await harness.settled();
  expect(told()).toEqual([]);
});
