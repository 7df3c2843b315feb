import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healthy, standInKind } from '../../test/support/dispatch-world.ts';
import { parseRoutes } from './routes-file.ts';
import { allRoutes } from './route.ts';
import type { Routes } from './routes.ts';

const kinds = [
  standInKind(
    () => healthy,
    () => undefined,
    Date.now,
  ),
];

function problemsOf(text: string): readonly string[] {
  const parsed = parseRoutes('routes.yaml', text, { kinds, nowMs: Date.now });
  if (!('problems' in parsed)) return [];
  return parsed.problems.map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`);
}

function routesOf(text: string): Routes {
  const parsed = parseRoutes('routes.yaml', text, { kinds, nowMs: Date.now });
  if ('problems' in parsed) throw new Error(problemsOf(text).join('\n'));
  return parsed.routes;
}

test('what a route says nothing of it has from the one around it', () => {
  const { root, inhibit, receivers, runbookUrl } = routesOf(`
runbookUrl: https://wiki.example/{dimension}
receivers:
  team: { standIn: {}, rateLimit: 20/1m, giveUpAfter: 2h }
  pager: { standIn: }
route:
  receivers: [team]
  groupInterval: 2m
  repeatInterval: never
  quietHours: [{ days: [mon-fri, sun], from: 22:00, to: "06:30", timeZone: UTC }]
  routes:
    - match: { minSeverity: warning, workload: ['shop/*', /^pay-\\d+$/], technique: T1059.004 }
      receivers: pager
      groupBy: [workload, node]
      groupWait: 0s
      continue: true
      escalation: [{ after: 1h, receivers: [team] }, { after: 15m, receivers: [team] }]
    - match: { severity: notice, namespace: '!kube-system' }
inhibit:
  - source: { dimension: lifecycle, minSeverity: warning }
    target: { severity: '!critical' }
    equal: [node]
    for: 10m
`);
  const [, first, second] = allRoutes(root);
  expect(first).toMatchObject({
    id: 'route.routes[0]',
    line: 12,
    receivers: ['pager'],
    groupBy: ['workload', 'node'],
    continues: true,
    timing: { groupWaitMs: 0, groupIntervalMs: 120_000, repeatIntervalMs: undefined },
  });
  expect(first?.timing.escalation.map(({ afterMs }) => afterMs)).toEqual([900_000, 3_600_000]);
  expect(first?.timing.quietHours).toEqual([
    { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sun'], fromMinute: 1320, toMinute: 390, timeZone: 'UTC' },
  ]);
  expect([...(first?.severities ?? [])]).toEqual(['warning', 'critical']);
  expect(second).toMatchObject({ receivers: ['team'], groupBy: ['incident'], continues: false });
  expect([...(second?.severities ?? [])]).toEqual(['notice']);
  expect([...root.severities]).toEqual(['warning', 'critical']);
  expect(inhibit).toMatchObject([{ line: 20, equal: ['node'], forMs: 600_000 }]);
  expect(receivers.get('team')).toMatchObject({ giveUpAfterMs: 7_200_000, rateLimit: { most: 20, perMs: 60_000 } });
  expect(runbookUrl).toBe('https://wiki.example/{dimension}');
});

/** Each case: a file, and every problem in it. */
const wrong: readonly (readonly [name: string, text: string, ...problems: string[]])[] = [
  ['an empty file', '', '1:1 the file is empty: it needs receivers and a route'],
  ['no mapping', '- a', '1:1 a routes file must be a mapping of keys to values'],
  [
    'no YAML',
    'route: [',
    '1:9 not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['keys missing', 'receivers: {}', '1:1 a routes file needs the key route'],
  [
    'wrong keys, all at once',
    'recievers: {}\nroute:\n  recievers: [a]\n  groupwait: 5s\n',
    '1:1 a routes file has no key "recievers"; did you mean receivers?',
    '1:1 a routes file needs the key receivers',
    '2:1 route tells nobody: it needs receivers',
    '3:3 a route has no key "recievers"; did you mean receivers?',
    '4:3 a route has no key "groupwait"; did you mean groupWait?',
  ],
  [
    'an unknown receiver, kind and setting',
    'receivers:\n  team: { standIn: { nam: x } }\n  other: { standin: {} }\nroute: { receivers: [teem, team, nobody] }\n',
    '2:22 receiver team: nam: unknown key; did you mean name?',
    '3:12 receiver other has no key "standin"; did you mean standIn?',
    '4:22 there is no receiver "teem"; did you mean team?',
    '4:34 there is no receiver "nobody"; there are team, other',
  ],
  [
    'a circular route',
    'receivers: { a: { standIn: {} } }\nroute: &all\n  receivers: [a]\n  routes:\n    - match: { node: x }\n      routes: [*all]\n',
    '6:16 circular: this route is within itself',
  ],
  [
    'an escalation to who is told already',
    'receivers: { a: { standIn: {} } }\nroute:\n  receivers: [a]\n  escalation: [{ after: 5m, receivers: [a] }]\n',
    '4:40 circular: the route tells a from the beginning',
  ],
  [
    'a route behind one that takes everything',
    'receivers: { a: { standIn: {} } }\nroute:\n  receivers: [a]\n  routes:\n    - receivers: [a]\n    - match: { workload: shop/web }\n',
    '6:7 nothing gets to this route: route.routes[0] (line 5) takes everything; give that one "continue: true", or put this one before it',
  ],
  [
    'a route behind one that takes all of it',
    'receivers: { a: { standIn: {} } }\nroute:\n  receivers: [a]\n  routes:\n    - match: { workload: shop/* }\n    - match: { workload: [shop/web, shop/db], node: x }\n',
    '6:7 nothing gets to this route: route.routes[0] (line 5) takes all that this one would; give that one "continue: true", or put this one before it',
  ],
  [
    'a route behind one whose conditions are wrong',
    'receivers: { a: { standIn: {} } }\nroute:\n  receivers: [a]\n  routes:\n    - match: { minSeverity: critcal }\n    - match: { node: x }\n',
    '5:29 minSeverity: "critcal" is unknown; did you mean critical?',
  ],
  [
    'conditions that contradict those around',
    'receivers: { a: { standIn: {} } }\nroute:\n  receivers: [a]\n  match: { namespace: shop, minSeverity: critical }\n  routes:\n    - match: { namespace: [bank, pay] }\n    - match: { severity: warning }\n    - match: { namespace: "!sh*" }\n',
    '6:7 nothing gets to this route: "namespace: [bank, pay]" contradicts "namespace: shop" of a route around it',
    '7:7 nothing gets to this route: it asks for severities that the routes around it leave out',
    '8:7 nothing gets to this route: "namespace: !sh*" contradicts "namespace: shop" of a route around it',
  ],
  [
    'words and values',
    `receivers: { a: { standIn: {}, rateLimit: lots, giveUpAfter: 1s } }
route:
  receivers: [a]
  match: { severity: critcal, dimension: [exe], technique: shell, image: /(a+)+/, node: [] }
  groupBy: [technique]
  groupWait: 5
  continue: yes
  quietHours: [{ days: [mun], from: 25:00, to: 7:00, timeZone: Europe/Berlim, except: high }]
`,
    '1:43 rateLimit: "lots" is not of the form 20/1m: so many in so long, 1s to 1d',
    '1:62 giveUpAfter is too short: at least 10s',
    '4:22 severity: "critcal" is unknown; did you mean critical?',
    '4:43 dimension: "exe" is unknown; did you mean exec?',
    '4:60 technique: "shell" is no ATT&CK technique such as T1059 or T1059.004',
    '4:74 image: a repetition within a repetition, such as (a+)+, can take forever: write it without',
    '4:89 node: an empty list fits nothing: leave the key out',
    '5:13 groupBy: "technique" is unknown; there are severity, workload, namespace, dimension, node, container, image, pod, detector, incident, alert',
    '6:14 groupWait: "5" is no duration such as 30s, 5m, 4h or 1d, of at most 366d',
    '7:13 continue must be true or false',
    '8:25 days: "mun" is no day; did you mean mon?',
    '8:37 from: "25:00" is no time of day such as "22:00"',
    '8:64 there is no time zone "Europe/Berlim"; did you mean Europe/Berlin?',
    '8:87 except: "high" is unknown; there are notice, warning, critical',
  ],
  [
    'inhibition',
    'receivers: { a: { standIn: {} } }\nroute: { receivers: [a] }\ninhibit:\n  - source: { nod: x }\n    equal: [nodes]\n  - x\n',
    '4:5 an inhibit rule needs the key target',
    '4:15 source has no key "nod"; did you mean node?',
    '5:13 equal: "nodes" is unknown; did you mean node?',
    '6:5 an inhibit rule must be a mapping of keys to values',
  ],
];

describe('a routes file with mistakes is refused with all of them', () => {
  test.each(wrong)('%s', (_, text, ...problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe('no route is called unreachable that something gets to', () => {
  test.each([
    ['continue', '- { continue: true }\n    - match: { node: x }'],
    ['other severities', '- match: { node: x }\n    - match: { node: x, severity: notice }'],
    ['a wider one behind', '- match: { workload: shop/web }\n    - match: { workload: shop/* }'],
    [
      'several techniques',
      '- match: { technique: T1059 }\n      routes: [{ match: { technique: T1003 } }]\n    - match: { technique: T1005 }',
    ],
    ['an expression', '- match: { node: /^a/ }\n      routes: [{ match: { node: /z$/ } }]'],
    ['negations', '- match: { node: "!a*" }\n      routes: [{ match: { node: "!b" } }]'],
  ])('%s', (_, routes) => {
    expect(
      problemsOf(`receivers: { a: { standIn: {} } }\nroute:\n  receivers: [a]\n  routes:\n    ${routes}\n`),
    ).toEqual([]);
  });
});

test('whatever a file holds, it is read or refused with places in it, and never throws', () => {
  const words = [
    'receivers',
    'route',
    'routes',
    'match',
    'severity',
    'a',
    '*x',
    '&x',
    '!',
    '[',
    ']',
    '{',
    '}',
    ':',
    '- ',
    '\n',
    '\n  ',
    ', ',
    'never',
    '5m',
    '/(/',
    '"',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (parts) => {
      const text = parts.join('');
      const parsed = parseRoutes('routes.yaml', text, { kinds, nowMs: Date.now });
      const lines = text.split('\n').length;
      if ('problems' in parsed)
        expect(parsed.problems.every(({ line, column }) => line >= 1 && line <= lines && column >= 1)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
