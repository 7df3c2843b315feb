import type { Container, Workload } from './container.ts';
import type { Decision } from './decision.ts';
import type { Event, KernelKey } from './event.ts';
import type { Observation } from './observation.ts';
import type { Dimension, Stratum } from './feature.ts';

/** Raised when entries change so that an older program could misread them. */
export const recordingVersion = 1;

/** What a recording begins with. */
export interface RecordingHeader {
  readonly anchorwatch: 'recording';
  readonly version: number;
  readonly node: string;
  /** Where the events are from. `auto`: the kernel sensor, or `/proc` where it did not work. */
  readonly sensor: 'auto' | 'bpf' | 'procfs';
  /** Version of the kernel sensor's records. */
  readonly wire: number;
  readonly agentVersion: string;
  /** When the agent began, milliseconds since the epoch. */
  readonly createdMs: number;
  readonly sliceMs: number;
  readonly startupMs: number;
  readonly halfLifeMs: number;
  /** Workloads that it is about, by name or id; absent: all. */
  readonly workloads?: readonly string[];
}

interface Counts {
  readonly startup: number;
  readonly steady: number;
}

/** What a workload was known to do when the recording began. */
export interface RecordedProfile {
  readonly workload: Workload;
  readonly createdMs: number;
  readonly samples: Counts;
  readonly decay?: {
    readonly landmarkMs: number;
    readonly halfLifeMs: number;
    readonly samples: Counts;
    readonly releases?: readonly {
      readonly digest: string;
      readonly firstSeenMs: number;
      readonly lastSeenMs: number;
      readonly noted: boolean;
      readonly weight: Counts;
    }[];
  };
  readonly listeners: readonly string[];
  readonly incomplete: Readonly<Record<string, Counts>>;
  readonly features: readonly {
    readonly dimension: Dimension;
    readonly key: string;
    readonly state: 'known' | 'judged';
    readonly startup: number;
    readonly steady: number;
    readonly weight: Counts;
    readonly firstSeenMs: number;
    readonly lastSeenMs: number;
  }[];
  readonly kernelKeys: readonly { readonly kernelKey: KernelKey; readonly features: readonly string[] }[];
  readonly relearned?: string;
}

/** What `handle` is told of a container; its labels are left out, they may hold anything. */
export type RecordedContainer = Omit<Container, 'labels' | 'cgroupId' | 'startedAtMs'> &
  Partial<Pick<Container, 'cgroupId' | 'startedAtMs'>>;

/** Something that the agent's judgement was given, in the order in which it was given; `t`: when, milliseconds since the epoch. */
export type RecordingEntry =
  | { readonly what: 'profile'; readonly t: number; readonly profile: RecordedProfile }
  /** Who the events that follow are of. `starts`: it runs (again), and its sample begins. */
  | { readonly what: 'container'; readonly t: number; readonly starts: boolean; readonly container: RecordedContainer }
  | { readonly what: 'stop'; readonly t: number; readonly container: string }
  /** Decoded and masked; `container`: id of one that was told of before. */
  | { readonly what: 'event'; readonly t: number; readonly container: string; readonly event: Event }
  /** Samples in which the kernel saw a known key, since the last time. */
  | {
      readonly what: 'incidence';
      readonly t: number;
      readonly workload: string;
      readonly stratum: Stratum;
      readonly kernelKey: KernelKey;
      readonly count: number;
    }
  /** Records of a container that could not be told. */
  | {
      readonly what: 'lost';
      readonly t: number;
      readonly container: string;
      readonly dimensions: readonly Dimension[];
      readonly count: number;
    }
  /** What the node sees from now on, by dimension. `before`: hooks without which samples of the profiles were counted. */
  | {
      readonly what: 'observed';
      readonly t: number;
      readonly observations: Readonly<Record<string, Observation>>;
      readonly before: Readonly<Record<string, readonly string[]>>;
    }
  /** What is over ends: samples, slices, incidents; about once a second. */
  | { readonly what: 'tick'; readonly t: number }
  | { readonly what: 'decision'; readonly t: number; readonly decision: Decision }
  /** So many entries before this one did not fit the recorder's queue. */
  | { readonly what: 'shed'; readonly t: number; readonly count: number }
  /** The last one of a recording that was not cut off. */
  | { readonly what: 'end'; readonly t: number; readonly reason: RecordingEnd };

/** `stopped`: the agent was; `size`: the file had grown to its bound. */
export type RecordingEnd = 'stopped' | 'size';
