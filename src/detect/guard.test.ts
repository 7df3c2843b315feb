import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describedFacts } from './examples.ts';
import type { Facts } from './facts.ts';
import { guardOf } from './guard.ts';

const lists = { shells: ['sh', 'bash'], ports: [22, 80] };
const environment = new Environment()
  .registerVariable('event', 'map')
  .registerVariable('process', 'map')
  .registerVariable('profile', 'map')
  .registerVariable('lists', 'map');
const words = ['', 'sh', 'bash', 'nginx', '/etc/shadow', '/etc/passwd', '/tmp/x'];

const text = fc.constantFrom('event.path', 'process.name', 'process.exe');
const word = fc.constantFrom(...words).map((value) => JSON.stringify(value));
const atom = fc.oneof(
  fc.tuple(text, fc.constantFrom('==', '!='), word).map((parts) => parts.join(' ')),
  fc
    .tuple(text, fc.constantFrom('startsWith', 'endsWith', 'contains', 'matches'), word)
    .map(([of, call, argument]) => `${of}.${call}(${argument})`),
  fc
    .tuple(text, fc.constantFrom('lists.shells', '["sh", "nginx"]', '(lists.shells + ["/tmp/x"])'))
    .map((p) => p.join(' in ')),
  fc.constantFrom(
    'event.port in lists.ports',
    'event.port == 22',
    'event.port > 50',
    'size(event.path) > 3',
    'event.none == 1',
  ),
);
const condition = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    atom,
    fc
      .tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('expression').map((inner) => `!(${inner})`),
  ),
})).expression;

function factsWith(path: string, name: string, port: number, settled = true): Facts {
  const facts = describedFacts({ read: '/x', by: '/bin/cat' });
  return {
    ...facts,
    event: { ...facts.event, path, port },
    process: { ...facts.process, name, exe: `/bin/${name}` },
    profile: { ...facts.profile, settled },
  };
}

test('a guard that says no is right: the condition does not hold', () => {
  let refused = 0;
  fc.assert(
    fc.property(
      condition,
      fc.constantFrom(...words),
      fc.constantFrom(...words),
      fc.constantFrom(22, 80, 443),
      fc.boolean(),
      (when, path, name, port, settled) => {
        const compiled = environment.parse(when);
        const facts = factsWith(path, name, port, settled);
        if (guardOf(compiled.ast, lists)(facts)) return;
        refused++;
        const { event, process, profile } = facts;
        let holds = false;
        try {
          holds = compiled({ event, process, profile, lists }) === true;
        } catch {
          // What fails does not hold.
        }
        expect(holds, when).toBe(false);
      },
    ),
    { numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(200);
});

test.each([
  ['event.path == "/etc/shadow" && size(process.args) > 0', true],
  ['event.path == "/etc/passwd" && size(process.args) > 0', false],
  ['event.path.matches("^/tmp/") || process.name == "nginx"', false],
  ['event.path.matches("^/tmp/") || size(process.args) > 0', true],
  ['process.name in lists.shells', true],
  ['process.name in ["dash"]', false],
  ['!(process.name in lists.shells)', true],
  ['!profile.settled', false],
  ['lists.shells.exists(s, event.path.endsWith(s))', false],
  ['lists.shells.exists(s, process.name.matches(s)) && profile.settled', true],
])('%s may hold for sh that reads /etc/shadow: %s', (when, answer) => {
  expect(guardOf(environment.parse(when).ast, lists)(factsWith('/etc/shadow', 'sh', 22))).toBe(answer);
});
