import type { FastifyInstance } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import type { StoredAlert } from '../model/alert.ts';
import { mergeProfiles, mergeWorkloads } from '../model/fleet.ts';
import type { NodeState } from '../model/fleet.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { ProfileFeature } from '../model/node.ts';
import { addAuditRoutes } from './audit-trail.ts';
import type { AuditTrail } from './audit-trail.ts';
import { addDecisionRoutes } from './decision-routes.ts';
import type { DecisionBook } from './decision-routes.ts';
import { cursorOf, parseAlertQuery } from './alert-query.ts';
import { sendAlerts } from './alert-export.ts';
import type { AlertFormats } from './alert-export.ts';
import type { AlertQuery } from './alert-query.ts';
import { addChainRoutes } from './chain-routes.ts';
import type { ChainSource } from './chain-routes.ts';
import { parseCountQuery, viewCounts } from './count-query.ts';
import type { CountList, CountQuery, Counts } from './count-query.ts';
import { openMetricsType, prometheusType, toOpenMetrics, wantsOpenMetrics } from './exposition.ts';
import { addHistoryRoutes } from './history-routes.ts';
import type { HistoryLines, HistorySource } from './history-routes.ts';
import { incidentCursor, parseIncidentQuery } from './incident-query.ts';
import type { IncidentQuery } from './incident-query.ts';
import { incidentAlertsMax, viewIncident } from './incident-views.ts';
import type { IncidentDetail, IncidentPage } from './incident-views.ts';
import { addExchangeRoutes } from './exchange-routes.ts';
import type { ProfileExchange } from './exchange-routes.ts';
import type { ProfileExports } from './export-routes.ts';
import { addKubernetesRoutes, withUsers } from './kubernetes-routes.ts';
import type { AuditIntake, WorkloadSource } from './kubernetes-routes.ts';
import { addNotificationRoutes } from './notification-routes.ts';
import type { NotificationDesk, SilenceBook } from './notification-routes.ts';
import { describeApi } from './openapi.ts';
import { addHandbook } from './handbook.ts';
import { startPage } from './page.ts';
import { addSlackRoutes } from './slack-routes.ts';
import type { SlackActionSource } from './slack-routes.ts';
import { addPostureRoutes } from './posture-routes.ts';
import { addVulnerabilityRoutes } from './vulnerability-routes.ts';
import type { VulnerabilitySource } from './vulnerability-routes.ts';
import type { PostureRoutesOptions } from './posture-routes.ts';
import { addSnapshotRoutes } from './snapshot-routes.ts';
import type { SnapshotRoutesOptions } from './snapshot-routes.ts';
import { Problem } from './problem.ts';
import { addTokenRoutes } from './token-routes.ts';
import type { TokenBook } from './token-routes.ts';
import { findWorkload, viewNode, viewWorkload } from './views.ts';
import type { AlertPage, ProfileView } from './views.ts';

/** Stored alerts, for reading. */
export interface AlertSource {
  /** The latest event first. */
  list(query: AlertQuery): Promise<readonly StoredAlert[]>;
  get(id: string): Promise<StoredAlert | undefined>;
  counts(query: CountQuery): Promise<Counts>;
}

/** Stored incidents, for reading. */
export interface IncidentSource {
  /** The one that was opened last first. */
  incidents(query: IncidentQuery): Promise<readonly StoredIncident[]>;
  incident(id: string): Promise<StoredIncident | undefined>;
  /** Its alerts, the first event first. */
  alertsOf(id: string, limit: number): Promise<readonly StoredAlert[]>;
}

/** What is known of the nodes, and a way to ask them. */
export interface NodeSource {
  states(): readonly NodeState[];
  /** Asks the nodes for their profile of a workload id; one answer for each. */
  askProfile(nodes: readonly string[], workload: string, timeoutMs: number): Promise<readonly NodeAnswer[]>;
}

export interface NodeAnswer {
  readonly node: string;
  readonly outcome: 'found' | 'unknown' | 'failed' | 'silent';
  readonly features: readonly ProfileFeature[];
  readonly omitted: number;
}

export interface RouteOptions {
  readonly version: string;
  readonly alerts: AlertSource;
  readonly incidents: IncidentSource;
  readonly chain: ChainSource;
  readonly nodes: NodeSource;
  readonly decisions: DecisionBook;
  readonly exchange: ProfileExchange;
  readonly exports: ProfileExports;
  readonly snapshots: SnapshotRoutesOptions;
  readonly alertFormats: AlertFormats;
  readonly silences: SilenceBook;
  readonly notifications: NotificationDesk;
  readonly history: HistorySource;
  readonly historyOcsf: HistoryLines;
  readonly posture: PostureRoutesOptions;
  readonly vulnerabilities: VulnerabilitySource;
  readonly tokens: TokenBook;
  readonly audit: AuditTrail;
  /** Where the audit log of the Kubernetes API goes. */
  readonly kubernetesAudit: AuditIntake;
  readonly slackActions: SlackActionSource;
  /** The Prometheus text format. */
  readonly metrics: () => Promise<string>;
  /** Why alerts cannot be stored now; undefined when they can. */
  readonly notReady: () => string | undefined;
  readonly clock: Clock;
  /** How long agents may take to send a profile. Default 5000. */
  readonly profileTimeoutMs?: number;
}

interface IdParams {
  Params: { id: string };
}

/** Every path of the HTTP API (contract.md, "HTTP"). */
export function addRoutes(app: FastifyInstance, options: RouteOptions): void {
  const { alerts, nodes, clock, version } = options;
  const known = withUsers(nodes, options.kubernetesAudit);
  const description = describeApi(version);

  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(startPage));
  app.get('/healthz', (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok\n'));
  app.get('/readyz', async (_request, reply) => {
    const reason = options.notReady() ?? (await unreadable(alerts));
    if (reason !== undefined) throw new Problem(503, 'collector.not-ready', reason);
    return reply.type('text/plain; charset=utf-8').send('ready\n');
  });
  app.get('/metrics', async (request, reply) => {
    const text = await options.metrics();
    const open = wantsOpenMetrics(request.headers.accept);
    return reply.type(open ? openMetricsType : prometheusType).send(open ? toOpenMetrics(text) : text);
  });
  app.get('/openapi.json', () => description);
  addHandbook(app);

  app.get('/api/v1/alerts', (request, reply) => {
    const query = parseAlertQuery(request.query, clock.nowMs());
    if (query.format === undefined) return alertPage(alerts, query);
    return sendAlerts(reply, alerts, query, options.alertFormats[query.format]);
  });
  app.get('/api/v1/alerts/counts', (request) => counts(alerts, parseCountQuery(request.query, clock.nowMs())));
  app.get<IdParams>('/api/v1/alerts/:id', (request) => oneAlert(alerts, request.params.id));
  app.get('/api/v1/incidents', (request) =>
    incidentPage(options.incidents, parseIncidentQuery(request.query, clock.nowMs())),
  );
  app.get<IdParams>('/api/v1/incidents/:id', (request) => oneIncident(options.incidents, request.params.id));
  app.get('/api/v1/workloads', () => ({ items: mergeWorkloads(known.states()).map(viewWorkload) }));
  app.get<IdParams>('/api/v1/workloads/:id', (request, reply) => reply.send(workload(known, request.params.id)));
  app.get<IdParams>('/api/v1/workloads/:id/profile', (request) => profile(options, request.params.id));
  addDecisionRoutes(app, options.decisions, {
    alert: (id) => oneAlert(alerts, id),
    workload: (id) => workload(known, id),
    profile: (id) => profile(options, id),
  });
  addChainRoutes(app, options.chain);
  addExchangeRoutes(app, options.exchange, options.exports, (id) => workload(known, id));
  addSnapshotRoutes(
    app,
    options.snapshots,
    (id) => knownIncident(options.incidents, id),
    () => nodes.states(),
  );
  addHistoryRoutes(
    app,
    options.history,
    (id) => knownIncident(options.incidents, id),
    () => clock.nowMs(),
    options.historyOcsf,
  );
  addNotificationRoutes(app, options, { alert: (id) => oneAlert(alerts, id), clock });
  addPostureRoutes(app, options.posture, () => clock.nowMs());
  addVulnerabilityRoutes(app, options.vulnerabilities);
  addTokenRoutes(app, options.tokens);
  addAuditRoutes(app, options.audit, clock);
  addKubernetesRoutes(app, options.kubernetesAudit);
  addSlackRoutes(app, options.slackActions, options.decisions, (id) => oneAlert(alerts, id));
  app.get('/api/v1/nodes', () => ({ items: nodes.states().map((state) => viewNode(state, clock.nowMs())) }));
}

async function alertPage(alerts: AlertSource, query: AlertQuery): Promise<AlertPage> {
  // One more than asked for tells whether there is a next page.
  const found = await alerts.list({ ...query, limit: query.limit + 1 });
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, ...(found.length > query.limit && last !== undefined ? { next: cursorOf(last) } : {}) };
}

async function counts(alerts: AlertSource, query: CountQuery): Promise<CountList> {
  return viewCounts(query, await alerts.counts(query));
}

async function oneAlert(alerts: AlertSource, id: string): Promise<StoredAlert> {
  const alert = await alerts.get(id);
  if (alert === undefined) throw new Problem(404, 'alert.unknown', `there is no alert ${id}`);
  return alert;
}

async function incidentPage(source: IncidentSource, query: IncidentQuery): Promise<IncidentPage> {
  const found = await source.incidents({ ...query, limit: query.limit + 1 });
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, ...(found.length > query.limit && last !== undefined ? { next: incidentCursor(last) } : {}) };
}

async function knownIncident(source: IncidentSource, id: string): Promise<StoredIncident> {
  const incident = await source.incident(id);
  if (incident === undefined) throw new Problem(404, 'incident.unknown', `there is no incident ${id}`);
  return incident;
}

async function oneIncident(source: IncidentSource, id: string): Promise<IncidentDetail> {
  return viewIncident(await knownIncident(source, id), await source.alertsOf(id, incidentAlertsMax));
}

function workload(nodes: WorkloadSource, id: string): NonNullable<ReturnType<typeof findWorkload>> {
  const found = findWorkload(nodes.states(), id);
  if (found === undefined) throw new Problem(404, 'workload.unknown', `no node has reported a workload ${id}`);
  return found;
}

/** Answers with what the nodes sent, and names those that did not: a missing answer is not an empty profile. */
async function profile({ profileTimeoutMs = 5000, ...sources }: RouteOptions, id: string): Promise<ProfileView> {
  const nodes = withUsers(sources.nodes, sources.kubernetesAudit);
  const found = workload(nodes, id);
  const answers = await nodes.askProfile(found.nodes, found.id, profileTimeoutMs);
  const having = answers.filter(({ outcome }) => outcome === 'found');
  const missing = answers.filter(({ outcome }) => outcome === 'silent' || outcome === 'failed').map(({ node }) => node);
  if (having.length === 0) {
    if (missing.length === 0) throw new Problem(404, 'profile.unknown', `no node has a profile of ${found.name} yet`);
    throw new Problem(504, 'profile.timeout', `no answer from ${missing.join(', ')}`);
  }
  return {
    workload: found.id,
    nodes: having.map(({ node }) => node),
    missing,
    omitted: having.reduce((sum, { omitted }) => sum + omitted, 0),
    features: mergeProfiles(having.map(({ features }) => features)),
    dimensions: found.dimensions,
    ...(found.unobserved === undefined ? {} : { unobserved: found.unobserved }),
    ...(found.rates === undefined ? {} : { rates: found.rates }),
    ...(found.priors === undefined ? {} : { priors: found.priors }),
  };
}

async function unreadable(alerts: AlertSource): Promise<string | undefined> {
  try {
    await alerts.list({ limit: 1 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'the store cannot be read';
  }
}
