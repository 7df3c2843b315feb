import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Event, KernelKey } from '../model/event.ts';
import type { Announcement } from '../identity/containers.ts';
import type { PolledContainer } from '../sensor/procfs.ts';
import type { LossHistory } from './losses.ts';
import type { ClusterNames } from './peer-names.ts';
import type { Watch } from './watch.ts';

/** Which containers there are. */
interface ContainerBook {
  byCgroup(cgroupId: string): Container | undefined;
  byId(id: string): Container | undefined;
  announce(cgroupId: string, path: string): Promise<Announcement>;
}

/** Who looks at containers where there is no kernel sensor. */
export interface Poller {
  watch(container: PolledContainer): void;
  /** The container is in another sample. */
  resample(cgroupId: string, sample: number): void;
  unwatch(cgroupId: string): void;
}

/** Where alerts go. */
interface AlertSink {
  push(alert: Alert): void;
}

/** Where what happens is kept. */
interface Recorder {
  record(event: Event, container: Container): void;
  /** An alert, or a copy of one with a larger count, was raised. */
  alerted(alert: Alert, container: Container): void;
  /** The container is not captured any more. */
  end(containerId: string): void;
}

/** What the pipeline of a node is made of. */
export interface PipelineOptions {
  readonly watch: Watch;
  readonly containers: ContainerBook;
  readonly alerts: AlertSink;
  readonly clock: Clock;
  readonly log: Logger;
  readonly losses: LossHistory;
  readonly recorder: Recorder;
  /** Told what the kernel counted of known behaviour: a key, or its number in the profile. */
  readonly counted?: (workloadId: string, kernelKey: KernelKey | number, samples: number) => void;
  /** How long a container is captured after its last alert; 0: never. */
  readonly captureMs: number;
  /** Processes of the agent: a container that one of them is the first process of is the agent's own. */
  readonly ownPids: readonly number[];
  /** Who peers are in the cluster. */
  readonly cluster?: ClusterNames;
}
