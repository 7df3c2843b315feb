import type { StoredAlert } from '../model/alert.ts';
import type { StoredIncident } from '../model/incident.ts';
import { wantsAlert, wantsIncident } from './filter.ts';
import type { FeedFilter } from './filter.ts';

/** Alerts and incidents that go to the clients together. Each is encoded once for all clients, and each choice of them put together once. */
export class FeedBatch {
  /** In order of `seq`. */
  readonly alerts: readonly StoredAlert[];
  readonly incidents: readonly StoredIncident[];
  readonly #alertFrames: Buffer[] = [];
  readonly #incidentFrames: Buffer[] = [];
  readonly #chosen = new Map<string, Buffer>();

  constructor(alerts: readonly StoredAlert[], incidents: readonly StoredIncident[]) {
    this.alerts = alerts;
    this.incidents = incidents;
  }

  /** The frames of what the filter lets through, alerts first. @param key The same for filters that choose the same. */
  frames(filter: FeedFilter, key: string): Buffer {
    let chosen = this.#chosen.get(key);
    if (chosen === undefined) {
      const frames: Buffer[] = [];
      for (const [index, alert] of this.alerts.entries())
        if (wantsAlert(filter, alert)) frames.push((this.#alertFrames[index] ??= textFrame(alertMessage(alert))));
      for (const [index, incident] of this.incidents.entries())
        if (wantsIncident(filter, incident))
          frames.push((this.#incidentFrames[index] ??= textFrame(incidentMessage(incident))));
      chosen = Buffer.concat(frames);
      this.#chosen.set(key, chosen);
    }
    return chosen;
  }
}

/** The text of an alert on the feed. Pure. */
export function alertMessage(alert: StoredAlert): string {
  return JSON.stringify({ type: 'alert', ...alert });
}

/** The text of an incident on the feed. Pure. */
export function incidentMessage(incident: StoredIncident): string {
  return JSON.stringify({ type: 'incident', ...incident });
}

/** Filters that choose the same alerts and incidents have the same key. */
export function filterKey({ severity, workload, node, kinds }: FeedFilter): string {
  return JSON.stringify([severity, workload, node, kinds]);
}

/**
 * A text message as a server sends it (RFC 6455, section 5.2): one frame, no mask. The same bytes go to every client, which the library for
 * WebSockets would make anew for each.
 */
function textFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const headBytes = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headBytes + bytes);
  frame[0] = 0x81;
  if (headBytes === 2) frame[1] = bytes;
  else if (headBytes === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(text, headBytes, 'utf8');
  return frame;
}
