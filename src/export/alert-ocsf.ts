import type { StoredAlert } from '../model/alert.ts';
import {
  ancestorOf,
  attacksOf,
  classification,
  connectionOf,
  containerOf,
  deviceOf,
  endpointOf,
  fileOf,
  metadataOf,
  processOf,
  severityOf,
} from './ocsf.ts';
import type { OcsfObject } from './ocsf.ts';

/** Kinds of analytics, by what raised the alert. */
const analytics: Readonly<Record<string, readonly [id: number, caption: string]>> = {
  rules: [1, 'Rule'],
  novelty: [2, 'Behavioral'],
  release: [2, 'Behavioral'],
  rates: [3, 'Statistical'],
  'syscall-mix': [3, 'Statistical'],
};

/**
 * An alert as a Detection Finding (class 2004). It is `Create` as long as nothing was added to it, `Update` when it was seen again or judged. What the
 * schema has no place for stands in `unmapped`. @param version Of this program. Pure.
 */
export function alertToOcsf(alert: StoredAlert, version: string): OcsfObject {
  const { id, time, lastTime, title, evidence, node, workload, container, count, decision, incident } = alert;
  const [timeMs, lastMs] = [Date.parse(time), Date.parse(lastTime)];
  const activity = count === 1 && decision === undefined ? 1 : 2;
  const [typeId, type] = analytics[alert.detector] ?? [99, 'Other'];
  const [rule, ...otherRules] = alert.rules;
  const analytic = { type_id: typeId, type, name: rule ?? alert.detector, uid: rule ?? alert.detector };
  return {
    ...classification('finding', activity),
    ...severityOf(alert.severity),
    ...statusOf(decision?.verdict),
    time: timeMs,
    ...{ start_time: timeMs, end_time: lastMs, count, message: title },
    is_alert: alert.severity !== 'notice',
    metadata: metadataOf(version, {
      ...{ uid: id, sequence: alert.seq, logged_time: Date.parse(alert.storedAt), event_code: alert.dimension },
      ...(incident === undefined ? {} : { correlation_uid: incident }),
    }),
    finding_info: {
      ...{ uid: id, title, desc: evidence.note, types: [alert.dimension], analytic },
      ...(otherRules.length === 0
        ? {}
        : { related_analytics: otherRules.map((uid) => ({ type_id: 1, type: 'Rule', name: uid, uid })) }),
      ...(alert.techniques.length === 0 ? {} : { attacks: attacksOf(alert.techniques) }),
      ...{ created_time: timeMs + Math.round(alert.raisedAfterMs), first_seen_time: timeMs, last_seen_time: lastMs },
    },
    device: deviceOf(node),
    resources: [
      {
        ...{ type: 'Container', uid: container.id, name: container.name },
        ...(container.namespace === undefined ? {} : { namespace: container.namespace }),
      },
      { type: 'Workload', uid: workload.id, name: workload.name },
    ],
    evidences: [evidenceOf(alert)],
    unmapped: {
      ...{ score: alert.score, surprise: alert.surprise, suspicion: alert.suspicion, key: alert.key },
      ...{ detector: alert.detector, practices: alert.practices, workload_kind: workload.kind },
      ...{ samples: evidence.samples, seen_in_one_sample: evidence.seenInOneSample, coverage: evidence.coverage },
      ...{ expected: evidence.expected, hash: alert.hash, previous_hash: alert.previousHash },
      ...(container.pod === undefined ? {} : { pod: container.pod }),
      ...(decision === undefined ? {} : { verdict: decision.verdict, verdict_by: decision.by }),
    },
  };
}

/** Accepted: it belongs to the workload, and is told no more. Denied and acknowledged: somebody has seen it. */
function statusOf(verdict: string | undefined): OcsfObject {
  if (verdict === undefined) return { status_id: 1, status: 'New' };
  return verdict === 'accept' ? { status_id: 3, status: 'Suppressed' } : { status_id: 2, status: 'In Progress' };
}

/** Who did what to what. */
function evidenceOf(alert: StoredAlert): OcsfObject {
  const { dimension, key, process, container } = alert;
  const about = aboutOf(dimension, key);
  if (process === undefined)
    // A container is no evidence by itself in this schema; what is known of the deed is.
    return { ...about, data: { dimension, key, container: containerOf(container) } };
  const [parent] = process.ancestors;
  const actor = parent === undefined ? {} : { actor: { process: ancestorOf(parent) } };
  return { ...about, ...actor, process: processOf(process, container) };
}

function aboutOf(dimension: string, key: string): OcsfObject {
  const path = key.slice(Math.max(0, key.indexOf('/')));
  if (dimension === 'file.read' || dimension === 'file.write')
    return path.startsWith('/') ? { file: fileOf(path) } : {};
  if (dimension === 'dns') return { query: { hostname: key.split(' ')[0] ?? key } };
  const peer = /^(?:(.+):)?(\d+)\/(tcp|udp)\b/.exec(key);
  if (peer === null || (dimension !== 'net.out' && dimension !== 'net.listen')) return {};
  const [, address = '', port = '', protocol = ''] = peer;
  const outgoing = dimension === 'net.out';
  return {
    ...(outgoing && address !== '' ? { dst_endpoint: endpointOf(address, Number(port)) } : {}),
    connection_info: connectionOf(protocol, outgoing ? 2 : 1),
  };
}
