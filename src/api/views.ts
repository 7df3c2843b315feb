import { z } from 'zod';
import type { StoredAlert } from '../model/alert.ts';
import { mergeWorkloads } from '../model/fleet.ts';
import type { FleetUnobserved, FleetWorkload, NodePrior, NodeState, WorkloadTeller } from '../model/fleet.ts';
import type {
  ContainerRates,
  ContainerReport,
  DimensionCoverage,
  HookState,
  PeersReport,
  ProfileFeature,
  RateReport,
  RuleReport,
} from '../model/node.ts';
import { workloadKinds } from '../model/container.ts';
import type { WorkloadKind } from '../model/container.ts';
import { dimensionSchema, storedAlertSchema, timeSchema } from '../protocol/alert-schema.ts';
import {
  dimensionCoverageSchema,
  hookStateSchema,
  peersReportSchema,
  priorReportSchema,
  profileFeatureSchema,
  rateReportSchema,
  ratesSchema,
  ruleReportSchema,
  unwatchedSchema,
} from '../protocol/node-schema.ts';

/** A page of alerts; `next` continues it and is absent on the last page. */
export interface AlertPage {
  readonly items: readonly StoredAlert[];
  readonly next?: string;
}
export const alertPageSchema: z.ZodType<AlertPage> = z.object({
  items: z.array(storedAlertSchema),
  next: z.string().exactOptional(),
});

/** A node as the API shows it. What comes from its report is absent while no report came. */
export interface NodeView {
  readonly name: string;
  readonly up: boolean;
  readonly version: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Its agent said goodbye when it was heard of last. */
  readonly stopped: boolean;
  /** Id of the alert that says that it fell silent; absent while it is heard of. */
  readonly silentAlert?: string;
  /** By how much its clock is ahead of the collector's, milliseconds; absent as long as it was not measured. */
  readonly clockSkewMs?: number;
  readonly reported?: {
    /** When the report came. */
    readonly time: string;
    /** How old the report is, milliseconds. */
    readonly lagMs: number;
    readonly kernel: string;
    readonly sensor: 'bpf' | 'procfs';
    /** Hooks that do not work on the node, and what is not seen without them. */
    readonly hooksMissing: readonly HookState[];
    readonly hooksAttached: number;
    readonly engineConnected: boolean;
    readonly containers: number;
    readonly unseenContainers: number;
    readonly lost: readonly { readonly hook: string; readonly reason: string; readonly count: number }[];
    /** The last times in which something of a container could not be told, newest first. */
    readonly lossWindows: readonly LossWindowView[];
    readonly pendingEvents: number;
    readonly outboxAlerts: number;
    readonly expectedAlertsPerDay: number;
    /** Between which that expectation lies with 95 %, by how much the node has seen; absent of agents that do not tell. */
    readonly expectedAlertsBounds?: { readonly low: number; readonly high: number };
    /** What was raised in the last day, repetitions not counted: the truth beside the expectation. Absent of agents that do not tell. */
    readonly alertsLastDay?: number;
    readonly rules?: RuleReport;
    /** Who tells the node the names of peers in its cluster. */
    readonly peers?: PeersReport;
  };
}
/** A time in which something of a container could not be told. */
export interface LossWindowView {
  readonly from: string;
  readonly to: string;
  readonly container: string;
  readonly workload: string;
  readonly hook: string;
  readonly reason: string;
  readonly count: number;
}
const nodeSchema: z.ZodType<NodeView> = z.object({
  name: z.string(),
  up: z.boolean(),
  version: z.string(),
  firstSeen: timeSchema,
  lastSeen: timeSchema,
  stopped: z.boolean(),
  silentAlert: z.string().exactOptional(),
  clockSkewMs: z.number().exactOptional(),
  reported: z
    .object({
      time: timeSchema,
      lagMs: z.number(),
      kernel: z.string(),
      sensor: z.enum(['bpf', 'procfs']),
      hooksMissing: z.array(hookStateSchema),
      hooksAttached: z.int(),
      engineConnected: z.boolean(),
      containers: z.int(),
      unseenContainers: z.int(),
      lost: z.array(z.object({ hook: z.string(), reason: z.string(), count: z.number() })),
      lossWindows: z.array(
        z.object({
          from: timeSchema,
          to: timeSchema,
          container: z.string(),
          workload: z.string(),
          hook: z.string(),
          reason: z.string(),
          count: z.number(),
        }),
      ),
      pendingEvents: z.number(),
      outboxAlerts: z.number(),
      expectedAlertsPerDay: z.number(),
      expectedAlertsBounds: z.object({ low: z.number(), high: z.number() }).exactOptional(),
      alertsLastDay: z.number().exactOptional(),
      rules: ruleReportSchema.exactOptional(),
      peers: peersReportSchema.exactOptional(),
    })
    .exactOptional(),
});
export interface NodeList {
  readonly items: readonly NodeView[];
}
export const nodeListSchema: z.ZodType<NodeList> = z.object({ items: z.array(nodeSchema) });

/** A workload with how well it is known. */
export interface WorkloadView {
  readonly id: string;
  readonly name: string;
  readonly kind: WorkloadKind;
  readonly nodes: readonly string[];
  readonly containers: number;
  readonly samples: { readonly startup: number; readonly steady: number };
  readonly dimensions: readonly DimensionCoverage[];
  /** What is usual for its rates; absent where no node tells. */
  readonly rates?: readonly RateReport[];
  /** Starters, and what other nodes know, that count on nodes beside what those learned; absent: nothing does. */
  readonly priors?: readonly NodePrior[];
  /** Dimensions of which nodes see nothing: that there is nothing of them says nothing. */
  readonly unobserved?: readonly FleetUnobserved[];
}
const unobserved = z
  .array(z.object({ dimension: dimensionSchema, reason: z.string(), nodes: z.array(z.string()) }))
  .exactOptional();
const priors = z.array(z.intersection(z.object({ node: z.string() }), priorReportSchema)).exactOptional();
const workloadFields = {
  id: z.string(),
  name: z.string(),
  kind: z.enum(workloadKinds),
  nodes: z.array(z.string()),
  containers: z.int(),
  samples: z.object({ startup: z.number(), steady: z.number() }),
  dimensions: z.array(dimensionCoverageSchema),
  rates: z.array(rateReportSchema).exactOptional(),
  priors,
  unobserved,
};
export interface WorkloadList {
  readonly items: readonly WorkloadView[];
}
export const workloadListSchema: z.ZodType<WorkloadList> = z.object({ items: z.array(z.object(workloadFields)) });

/** One workload with the containers that run it. */
export interface WorkloadDetail extends WorkloadView {
  readonly running: readonly {
    readonly id: string;
    readonly name: string;
    readonly node: string;
    readonly rates: ContainerRates;
    /** How long of its life it was not watched; absent: never. */
    readonly unwatched?: ContainerReport['unwatched'];
  }[];
}
export const workloadDetailSchema: z.ZodType<WorkloadDetail> = z.object({
  ...workloadFields,
  running: z.array(
    z.object({
      ...{ id: z.string(), name: z.string(), node: z.string(), rates: ratesSchema },
      unwatched: unwatchedSchema.exactOptional(),
    }),
  ),
});

/** A profile, merged from the nodes that have it. */
export interface ProfileView {
  readonly workload: string;
  /** Nodes whose profiles are in it. */
  readonly nodes: readonly string[];
  /** Nodes that have the workload but gave no profile: what they learned is missing here. */
  readonly missing: readonly string[];
  /** Features that did not fit the answer. */
  readonly omitted: number;
  readonly features: readonly ProfileFeature[];
  /** How well each dimension is known: those that were watched and showed nothing have no features. */
  readonly dimensions: readonly DimensionCoverage[];
  /** Dimensions of which nodes see nothing. */
  readonly unobserved?: readonly FleetUnobserved[];
  /** What is usual for its rates; absent where no node tells. */
  readonly rates?: readonly RateReport[];
  /** Starters, and what other nodes know, that count on nodes beside what those learned; absent: nothing does. */
  readonly priors?: readonly NodePrior[];
}
export const profileSchema: z.ZodType<ProfileView> = z.object({
  workload: z.string(),
  nodes: z.array(z.string()),
  missing: z.array(z.string()),
  omitted: z.int(),
  features: z.array(profileFeatureSchema),
  dimensions: z.array(dimensionCoverageSchema),
  unobserved,
  rates: z.array(rateReportSchema).exactOptional(),
  priors,
});

/** A node as the API shows it. Pure. */
export function viewNode(state: NodeState, nowMs: number): NodeView {
  const { report, reportReceivedMs } = state;
  return {
    name: state.name,
    up: state.up,
    version: state.agentVersion,
    firstSeen: new Date(state.firstSeenMs).toISOString(),
    lastSeen: new Date(state.lastSeenMs).toISOString(),
    stopped: !state.up && state.stopped === true,
    ...(state.silentAlert === undefined ? {} : { silentAlert: state.silentAlert }),
    ...(state.clockSkewMs === undefined ? {} : { clockSkewMs: state.clockSkewMs }),
    ...(report === undefined || reportReceivedMs === undefined
      ? {}
      : {
          reported: {
            time: new Date(reportReceivedMs).toISOString(),
            lagMs: Math.max(0, Math.round(nowMs - reportReceivedMs)),
            kernel: report.kernel,
            sensor: report.sensor,
            hooksMissing: report.hooks.filter(({ state: hook }) => hook !== 'attached'),
            hooksAttached: report.hooks.filter(({ state: hook }) => hook === 'attached').length,
            engineConnected: report.engineConnected,
            containers: report.containers.length,
            unseenContainers: report.unseenContainers,
            lost: report.lost,
            lossWindows: (report.lossWindows ?? []).map(
              ({ fromMs, toMs, container, workload, hook, reason, count }) => ({
                ...{ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
                ...{ container, workload, hook, reason, count },
              }),
            ),
            pendingEvents: report.pendingEvents,
            outboxAlerts: report.outboxAlerts,
            expectedAlertsPerDay: report.expectedAlertsPerDay,
            ...(report.expectedAlertsBounds === undefined ? {} : { expectedAlertsBounds: report.expectedAlertsBounds }),
            ...(report.alertsLastDay === undefined ? {} : { alertsLastDay: report.alertsLastDay }),
            ...(report.rules === undefined ? {} : { rules: report.rules }),
            ...(report.peers === undefined ? {} : { peers: report.peers }),
          },
        }),
  };
}

/** A workload as the API lists it. Pure. */
export function viewWorkload({ workload, ...rest }: FleetWorkload): WorkloadView {
  return { id: workload.id, name: workload.name, kind: workload.kind, ...rest };
}

/** The workload with this id or name, and where it runs; undefined when no node has it. */
export function findWorkload(states: readonly WorkloadTeller[], idOrName: string): WorkloadDetail | undefined {
  const all = mergeWorkloads(states);
  const found =
    all.find(({ workload }) => workload.id === idOrName) ?? all.find(({ workload }) => workload.name === idOrName);
  if (found === undefined) return undefined;
  const { id, name } = found.workload;
  const running = states.flatMap((state) =>
    (state.up ? (state.report?.containers ?? []) : [])
      .filter(({ workload }) => workload === id || workload === name)
      .map(({ id: containerId, name: called, rates, unwatched }) => ({
        ...{ id: containerId, name: called, node: state.name, rates },
        ...(unwatched === undefined ? {} : { unwatched }),
      })),
  );
  return { ...viewWorkload(found), running };
}
