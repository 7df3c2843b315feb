import assert from 'node:assert/strict';
import { routeVerdicts, allRoutes } from '../../src/dispatch/route.ts';
import { labelsOf } from '../../src/dispatch/labels.ts';
import { parseRoutes } from '../../src/dispatch/routes-file.ts';
import { routesProblemText } from '../../src/dispatch/routes.ts';
import type { ReceiverKind } from '../../src/model/notification.ts';
import { makeAlert } from '../support/alerts.ts';
import type { Target } from './target.ts';

const kind: ReceiverKind = {
  kind: 'slack',
  keys: ['url'],
  open: () => ({ receiver: { send: async () => ({ outcome: 'sent' }) } }),
};
const alert = { ...makeAlert(1), seq: 1, storedAt: makeAlert(1).time, hash: '', previousHash: '' };
const labels = labelsOf(alert, 'critical');

/** Routes files: whatever is in one, every route says what it does with an alert, or there is a mistake in the file that has a place. */
export const routesTarget: Target = {
  name: 'routes',
  covers: (path) =>
    /^src\/dispatch\/(?:routes-file|route-reader|yaml-reader|unreachable|pattern|condition)\.ts$/.test(path),
  seeds: () =>
    [
      'receivers: { a: { slack: {}, rateLimit: 2/1m } }\nroute:\n  receivers: [a]\n  routes:\n    - match: { workload: shop/*, technique: T1059 }\n      continue: true\n    - match: { node: "!/^a+$/", minSeverity: critical }\n',
      'receivers: { a: { slack: {} }, b: { slack: {} } }\nroute: { receivers: a, groupBy: [node], escalation: [{ after: 1m, receivers: b }], quietHours: [{ days: [mon-fri], from: "22:00", to: "7:00", timeZone: UTC }] }\ninhibit: [{ source: { rule: x }, target: { image: "?*" }, equal: [node], for: 1m }]\n',
    ].map((text) => new TextEncoder().encode(text)),
  dictionary: [
    ...[
      'match: ',
      'routes: ',
      'receivers: ',
      'continue: true',
      'severity: ',
      '*',
      '?',
      '!',
      '/',
      '(a|b)',
      '+',
      '{2,}',
      '&a ',
      '*a',
      '!!',
    ],
    ...['never', '1h', '---\n', '<<: ', '? ', '\t', '__proto__: ', '~', '[', ']', '{', '}', 'null'],
  ],
  maxBytes: 4000,
  check: (bytes) => {
    const parsed = parseRoutes('x.yaml', Buffer.from(bytes).toString('utf8'), { kinds: [kind], nowMs: Date.now });
    if ('problems' in parsed) {
      assert.ok(parsed.problems.length > 0 && parsed.problems.length <= 100, `${parsed.problems.length} problems`);
      for (const problem of parsed.problems) assert.match(routesProblemText(problem), /^x\.yaml:[1-9]\d*:[1-9]\d*: ./);
      return;
    }
    const { root, receivers } = parsed.routes;
    const routes = allRoutes(root);
    assert.equal(routeVerdicts(root, labels).length, routes.length);
    for (const route of routes) for (const name of route.receivers) assert.ok(receivers.has(name), name);
  },
};
