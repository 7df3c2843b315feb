import { z } from 'zod';
import type { LossWindow } from '../model/loss.ts';
import type {
  AgentReport,
  ContainerRates,
  ContainerReport,
  DimensionCoverage,
  HookState,
  NodeReport,
  PeersReport,
  PriorReport,
  ProfileFeature,
  RateReport,
  RuleReport,
  SnapshotReport,
  UnobservedDimension,
  WorkloadReport,
} from '../model/node.ts';
import { rateNames } from '../model/rate.ts';
import { dimensionSchema, timeSchema, workloadSchema } from './alert-schema.ts';
import { limits } from './limits.ts';

const text = z.string().max(limits.textLength);
const name = z.string().max(limits.nameLength);
const figure = z.number().min(0);
const counters = z
  .record(name, figure)
  .refine((value) => Object.keys(value).length <= limits.reportRows, 'too many entries');

/** One hook and whether it works. */
export const hookStateSchema: z.ZodType<HookState> = z.object({
  hook: name,
  state: z.enum(['attached', 'missing', 'failed']),
  reason: text,
  unseen: text,
  dimensions: z.array(dimensionSchema).max(limits.listItems).exactOptional(),
  main: z.boolean().exactOptional(),
});
const optionalFigure = figure.exactOptional();
/** Figures of a container; absent ones were not readable. */
export const ratesSchema: z.ZodType<ContainerRates> = z.object({
  cpuSeconds: optionalFigure,
  memoryBytes: optionalFigure,
  pids: optionalFigure,
  networkReceiveBytes: optionalFigure,
  networkTransmitBytes: optionalFigure,
  blockReadBytes: optionalFigure,
  blockWriteBytes: optionalFigure,
  networkReceivePackets: optionalFigure,
  networkTransmitPackets: optionalFigure,
  execs: optionalFigure,
  connects: optionalFigure,
  dnsQuestions: optionalFigure,
  kills: optionalFigure,
  creates: optionalFigure,
  descriptors: optionalFigure,
  sockets: optionalFigure,
  segments: optionalFigure,
  recordsLost: optionalFigure,
  systemCalls: optionalFigure,
});
/** A time in which something of a container could not be told. */
const lossWindowSchema: z.ZodType<LossWindow> = z.object({
  fromMs: figure,
  toMs: figure,
  containerId: name,
  container: name,
  workload: name,
  hook: name,
  reason: name,
  count: figure,
});
/** How long a container was not watched. */
export const unwatchedSchema: z.ZodType<NonNullable<ContainerReport['unwatched']>> = z.object({
  seconds: figure,
  ofSeconds: figure,
});
const containerReport: z.ZodType<ContainerReport> = z.object({
  ...{ id: name, name, workload: name, rates: ratesSchema },
  unwatched: unwatchedSchema.exactOptional(),
});
/** What a dimension of a workload is known to do, in figures. */
export const dimensionCoverageSchema: z.ZodType<DimensionCoverage> = z.object({
  dimension: dimensionSchema,
  coverage: z.number().min(0).max(1),
  features: figure,
  seenInOneSample: figure,
  thresholds: z.object({ warning: z.number(), critical: z.number(), raised: figure }).exactOptional(),
  confidence: z.number().min(0).max(1).exactOptional(),
  gaps: z.array(text).max(limits.listItems).exactOptional(),
});
/** A dimension of which nothing is seen. */
const unobservedSchema: z.ZodType<UnobservedDimension> = z.object({ dimension: dimensionSchema, reason: text });
/** What is usual for a rate of a workload. */
export const rateReportSchema: z.ZodType<RateReport> = z.object({
  name: z.enum(rateNames),
  usual: figure,
  highest: optionalFigure,
  samples: figure,
});
/** What counts beside what a node learned of a workload. */
export const priorReportSchema: z.ZodType<PriorReport> = z.object({
  source: z.enum(['starter', 'fleet']),
  name,
  nodes: z.int().min(0),
  samples: z.object({ startup: figure, steady: figure }),
});
const workloadReport: z.ZodType<WorkloadReport> = z.object({
  workload: workloadSchema,
  containers: z.int().min(0),
  samples: z.object({ startup: figure, steady: figure }),
  dimensions: z.array(dimensionCoverageSchema).max(limits.listItems),
  unobserved: z.array(unobservedSchema).max(limits.listItems).exactOptional(),
  rates: z.array(rateReportSchema).max(limits.listItems).exactOptional(),
  prior: priorReportSchema.exactOptional(),
});

/** The suspicion rules of an agent, in figures. */
export const ruleReportSchema: z.ZodType<RuleReport> = z.object({
  loaded: figure,
  disabled: figure,
  reloads: z.object({ loaded: figure, refused: figure }),
});

const snapshotReport: z.ZodType<SnapshotReport> = z.object({
  ...{ taken: figure, failed: counters, shed: counters },
  ...{ waiting: figure, waitingBytes: figure },
});

const agentReport: z.ZodType<AgentReport> = z.object({
  ...{ cpuSeconds: figure, memoryBytes: figure },
  disk: z.object({ availableBytes: figure, sizeBytes: figure }).exactOptional(),
});

/** Who tells a node the names of peers. */
export const peersReportSchema: z.ZodType<PeersReport> = z.object({
  source: z.enum(['collector', 'agent', 'none']),
  reason: name,
  names: figure,
});

/** What an agent tells about itself every few seconds. */
export const nodeReportSchema: z.ZodType<NodeReport> = z.object({
  timeMs: figure,
  agentVersion: name,
  kernel: name,
  sensor: z.enum(['bpf', 'procfs']),
  hooks: z.array(hookStateSchema).max(limits.reportRows),
  engineConnected: z.boolean(),
  containers: z.array(containerReport).max(limits.reportContainers),
  unseenContainers: figure,
  workloads: z.array(workloadReport).max(limits.reportWorkloads),
  events: counters,
  known: counters,
  missed: counters.exactOptional(),
  lost: z.array(z.object({ hook: name, reason: name, count: figure })).max(limits.reportRows),
  lossWindows: z.array(lossWindowSchema).max(limits.listItems).exactOptional(),
  pendingEvents: figure,
  outboxAlerts: figure,
  expectedAlertsPerDay: figure,
  expectedAlertsBounds: z.object({ low: figure, high: figure }).exactOptional(),
  alertsLastDay: figure.exactOptional(),
  rules: ruleReportSchema.exactOptional(),
  snapshots: snapshotReport.exactOptional(),
  history: z.object({ sizeBytes: figure, entries: figure, oldestMs: figure.exactOptional() }).exactOptional(),
  agent: agentReport.exactOptional(),
  peers: peersReportSchema.exactOptional(),
});

/** One line of a profile. */
export const profileFeatureSchema: z.ZodType<ProfileFeature> = z.object({
  dimension: dimensionSchema,
  key: text,
  state: z.enum(['known', 'judged']),
  incidence: z.object({ startup: figure, steady: figure }),
  firstSeen: timeSchema,
  lastSeen: timeSchema,
});
