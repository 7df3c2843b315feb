import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

function read(name: string): unknown {
  return parse(readFileSync(new URL(`../../agents/kubernetes/${name}`, import.meta.url), 'utf8'));
}

interface Policy {
  readonly kind: string;
  readonly apiVersion: string;
  readonly omitStages: readonly string[];
  readonly rules: readonly {
    readonly level: string;
    readonly resources?: readonly { readonly resources: string[] }[];
  }[];
}

test('the audit policy sends the content of no object, and leaves out nothing that a rule asks for', () => {
  const policy = read('audit-policy.yaml') as Policy;
  expect(policy).toMatchObject({ kind: 'Policy', apiVersion: 'audit.k8s.io/v1', omitStages: ['RequestReceived'] });
  expect(new Set(policy.rules.map(({ level }) => level))).toEqual(new Set(['None', 'Metadata']));
  // Whatever no rule leaves out is sent.
  expect(policy.rules.at(-1)).toEqual({ level: 'Metadata' });
  const left = policy.rules.flatMap(({ resources = [] }) => resources.flatMap((one) => one.resources));
  expect(left).toEqual(['leases', 'events', 'events', 'nodes/status', 'pods/status']);
});

test('the webhook configuration is a kubeconfig that leads to the route, with a token', () => {
  expect(read('audit-webhook.kubeconfig.yaml')).toMatchObject({
    ...{ kind: 'Config', apiVersion: 'v1', 'current-context': 'anchorwatch' },
    clusters: [{ name: 'anchorwatch', cluster: { server: 'https://COLLECTOR:7080/kubernetes/audit' } }],
    users: [{ name: 'kube-apiserver', user: { token: 'TOKEN' } }],
    contexts: [{ name: 'anchorwatch', context: { cluster: 'anchorwatch', user: 'kube-apiserver' } }],
  });
});
