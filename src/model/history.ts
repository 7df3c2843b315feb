import type { Severity } from './alert.ts';
import type { Workload } from './container.ts';
import type { Event } from './event.ts';
import type { Dimension } from './feature.ts';
import type { ContainerRates } from './node.ts';

/** Every kind of entry of the flight recorder; those of events are the events' own. The order is part of the files: add at the end. */
export const historyKinds = [
  'exec',
  'exit',
  'file',
  'connect',
  'accept',
  'dns',
  'dns-answer',
  'listen',
  'call',
  'change',
  'lifecycle',
  'container',
  'known',
  'rates',
  'alert',
  'loss',
  'start',
  'end',
] as const;
export type HistoryKind = (typeof historyKinds)[number];

/** Whose entry it is, as it was then. */
export interface HistoryContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly workload: Workload;
  readonly pod?: string;
  readonly namespace?: string;
}

interface HistoryBase {
  /** Position in the recorder of the node; with the node, an identity. Grows in the order in which entries were made. */
  readonly seq: number;
  /** ISO 8601 with milliseconds, UTC. */
  readonly time: string;
  readonly node: string;
  /** Absent: of the node, or of a workload as a whole. */
  readonly container?: HistoryContainer;
}

type Recorded<E> = E extends Event ? Omit<E, 'timeMs' | 'cgroupId' | 'kernelKey' | 'containerId'> : never;

/** Something that happened, in full: new to its workload, alerting, or (`captured`) told because everything of the container is. */
export type EventEntry = HistoryBase & Recorded<Event>;

/**
 * A program was started that its workload is known to run (`known`), or that was told in full (`exec`) earlier in the same sample. `process` has what
 * the kernel says without looking further.
 */
export interface StartEntry extends HistoryBase {
  readonly kind: 'start';
  /** Of the program; empty where it is not known. */
  readonly path: string;
  readonly process: BriefProcess;
  readonly known: boolean;
}

/** The end of what a `start` told of. */
export interface EndEntry extends HistoryBase {
  readonly kind: 'end';
  readonly path: string;
  readonly process: BriefProcess;
  readonly durationMs: number;
  readonly exitCode: number;
  /** 0 where no signal ended it. */
  readonly signal: number;
}

export interface BriefProcess {
  readonly pid: number;
  readonly exe: string;
  readonly uid: number;
  readonly execution: string;
  /** Start: the execution that started it. */
  readonly parentExecution?: string;
  /** Start: the parent. */
  readonly ancestors: readonly { readonly pid: number; readonly exe: string }[];
}

/** A container's life as its engine and the kernel tell it. `adopted`: it ran already when the agent began. */
export interface ContainerEntry extends HistoryBase {
  readonly kind: 'container';
  readonly action: 'started' | 'adopted' | 'stopped' | 'died';
  /** Exit code of the first process, of `died`. */
  readonly exitCode?: number;
}

/** How often a known behaviour was shown. */
export interface KnownCount {
  /** As kernel keys name it: `exec`, `file.read`, `net.out`, … */
  readonly what: string;
  /** The path, peer, name or call. */
  readonly key: string;
  /** Samples (one container in one slice) that showed it. */
  readonly samples: number;
}

/** Known behaviour of a workload that the kernel recognised and counted by itself, since the last such entry. */
export interface KnownEntry extends HistoryBase {
  readonly kind: 'known';
  readonly workload: Workload;
  readonly counts: readonly KnownCount[];
  /** Counts that were left out because there were too many; absent: none. */
  readonly omitted?: number;
}

/** What a container used in about a minute. Cumulative figures are given as their growth in that time. */
export interface RatesEntry extends HistoryBase {
  readonly kind: 'rates';
  /** Length of that time. */
  readonly spanMs: number;
  readonly rates: ContainerRates;
}

/** An alert was raised. */
export interface AlertEntry extends HistoryBase {
  readonly kind: 'alert';
  readonly alert: string;
  readonly incident?: string;
  readonly severity: Severity;
  readonly title: string;
  readonly dimension: Dimension;
  readonly key: string;
  readonly pid?: number;
}

/**
 * A time in which not everything could be told or kept. Without a container: of the node as a whole. `time` is its end, as of what was known then;
 * whoever asks for a time is told every loss that reaches into it.
 */
export interface LossEntry extends HistoryBase {
  readonly kind: 'loss';
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly hook: string;
  readonly reason: string;
  /** Events; 0 when it cannot be known, as while the agent did not run. */
  readonly count: number;
}

/** What the flight recorder keeps and `GET /api/v1/history` answers. */
export type HistoryEntry =
  | EventEntry
  | StartEntry
  | EndEntry
  | ContainerEntry
  | KnownEntry
  | RatesEntry
  | AlertEntry
  | LossEntry;

/** Which entries; undefined members do not filter. */
export interface HistoryQuery {
  /** Id, beginning of one (12 digits at least), or name. */
  readonly container?: string | undefined;
  /** Id or name. */
  readonly workload?: string | undefined;
  readonly pod?: string | undefined;
  /** Milliseconds since the epoch; inclusive. */
  readonly sinceMs: number;
  /** Milliseconds since the epoch; exclusive. */
  readonly untilMs: number;
  /** Losses are always told beside. */
  readonly kinds?: readonly HistoryKind[] | undefined;
  /** Of a file, program, change or known behaviour; `*` stands for any text. */
  readonly path?: string | undefined;
  /** `address`, `address:port`, or a DNS name; `*` stands for any text. */
  readonly address?: string | undefined;
  /** A pid or the id of an execution: it and what it started. */
  readonly process?: string | undefined;
  /** At most so many. */
  readonly limit: number;
}
