import { makePod } from '../support/pods.ts';
import { paths, startStandInCluster } from '../support/stand-in-cluster.ts';
import type { ClusterObject, StandInCluster } from '../support/stand-in-cluster.ts';

/** Uid of the Service default/kubernetes. */
export const clusterUid = 'uid-kubernetes';

export const pods = 5_000;
const owners = 700;
const services = 500;
const endpointsOfOne = 10;

/** Names that a collector has to share of it: of each pod, of each service, of each endpoint, and of the API server. */
export const names: number = pods + services * (1 + endpointsOfOne) + 1;

const addressOf = (number: number): string =>
  `10.${String(200 + (number >> 16))}.${String((number >> 8) & 255)}.${String(number & 255)}`;

/** A pod of some 5 kB. */
export function podOf(number: number, generation = 0): ClusterObject {
  const owner = `workload-${String(number % owners)}`;
  const ip = addressOf(number + generation * pods);
  return makePod({
    ...{ uid: `uid-${String(number)}`, name: `${owner}-${String(number)}`, namespace: `team-${String(number % 40)}` },
    nodeName: `node-${String(number % 200)}`,
    metadata: {
      ownerReferences: [{ kind: 'StatefulSet', name: owner, controller: true }],
      annotations: { padding: 'x'.repeat(4_000) },
    },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  });
}

/** 5,000 pods of 700 workloads, and 500 services with ten endpoints each. */
export async function startPeersCluster(): Promise<StandInCluster> {
  const cluster = await startStandInCluster();
  const service = (name: string, namespace: string, clusterIP: string): ClusterObject =>
    ({
      metadata: { uid: `uid-${name}`, name, namespace },
      spec: { clusterIP, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
    }) as ClusterObject;
  cluster.put(paths.services, service('kubernetes', 'default', '10.96.0.1'));
  for (let number = 0; number < pods; number++) cluster.put(paths.pods, podOf(number));
  for (let number = 0; number < services; number++) {
    const name = `service-${String(number)}`;
    cluster.put(paths.services, service(name, 'shop', `10.97.${String(number >> 8)}.${String(number & 255)}`));
    const endpoints = Array.from({ length: endpointsOfOne }, (_, one) => ({
      addresses: [addressOf(number * endpointsOfOne + one)],
      targetRef: { kind: 'Pod' },
    }));
    cluster.put(paths.slices, {
      metadata: { uid: `uid-slice-${name}`, name, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
      ...{ endpoints, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] },
    } as ClusterObject);
  }
  return cluster;
}
