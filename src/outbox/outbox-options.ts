import type { ClientTls } from '../lib/client-tls.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import type { Companion } from './companion.ts';
import type { OutboxFile } from './queue.ts';
import type { Answering } from './replies.ts';

export interface OutboxOptions extends Answering {
  /** `ws://host:port` or `wss://host:port`; the agent's endpoint `/agent` is appended. */
  readonly collectorUrl: string;
  readonly token: string;
  /** Asked for the token again before each dial after a refusal: the file that it comes from may have been corrected. May throw. */
  readonly renewToken?: () => string;
  /** Asked before each dial whom to trust and what to show: files may have been replaced. Must not throw. */
  readonly tls?: () => ClientTls;
  readonly nodeName: string;
  readonly agentVersion: string;
  readonly file: OutboxFile;
  /** The collector takes contributions and questions about the fleet: `share` works until the connection ends. */
  readonly onFleetOpen?: () => void;
  /** What other nodes know of a workload that `share` asked about; undefined: nothing. */
  readonly onFleet?: (workload: string, shared: SharedProfile | undefined) => void;
  /** What else goes over the link. */
  readonly companion?: Companion;
  readonly random?: () => number;
  /** The machine's clock, which the collector compares with its own. */
  readonly nowMs?: () => number;
  /** Alerts kept in memory while the file cannot be written. Default 1000. */
  readonly memoryCapacity?: number;
  /** How long to wait for the answer to a hello or a batch. Default 10000. */
  readonly ackTimeoutMs?: number;
  /** Default 45000: three pings of the collector. */
  readonly silenceMs?: number;
  readonly reconnectBaseMs?: number;
  readonly reconnectMaxMs?: number;
  /** Wait after a wrong token or a refusal. Default 30000. */
  readonly refusedRetryMs?: number;
  /** Wait before writing again to a file, or sending again to a store, that failed. Default 1000. */
  readonly storeRetryMs?: number;
  /** How long `stop` waits for the last alerts to be acknowledged. Default 3000. */
  readonly flushMs?: number;
}
