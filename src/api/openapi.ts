import { z } from 'zod';
import { accessComponents, accessPaths } from './access-openapi.ts';
import { alertQuerySchema } from './alert-query.ts';
import { chainProgressSchema, chainQuerySchema } from './chain-routes.ts';
import { countListSchema, countQuerySchema } from './count-query.ts';
import {
  decisionListSchema,
  decisionQuerySchema,
  saidSchema,
  storedDecisionSchema,
  workloadVerdictSchema,
} from './decision-routes.ts';
import { importQuerySchema, importViewSchema, profileDocumentSchema } from './exchange-routes.ts';
import { exportComponents, exportPaths } from './export-openapi.ts';
import { historyPageSchema, historyQuerySchema, ndjsonType } from './history-routes.ts';
import { notificationComponents, notificationPaths } from './notification-openapi.ts';
import { incidentQuerySchema } from './incident-query.ts';
import { incidentDetailSchema, incidentPageSchema } from './incident-views.ts';
import { auditEventListSchema, auditReceiptSchema, auditWebhookQuerySchema } from './kubernetes-routes.ts';
import { snapshotListSchema, snapshotQuerySchema, snapshotSchema, snapshotTicketSchema } from './snapshot-routes.ts';
import { storedAlertSchema } from '../protocol/alert-schema.ts';
import { postureComponents, posturePaths } from './posture-openapi.ts';
import { vulnerabilityComponents, vulnerabilityPaths } from './vulnerability-openapi.ts';
import { problemSchema, problemType } from './problem.ts';
import type { Json } from './describer.ts';
import { describeAccess } from './route-access.ts';
import { slackActionBody, slackActionFailures, slackActionSummary } from './slack-routes.ts';
import { alertPageSchema, nodeListSchema, profileSchema, workloadDetailSchema, workloadListSchema } from './views.ts';

const components = {
  Alert: storedAlertSchema,
  AlertPage: alertPageSchema,
  CountList: countListSchema,
  ChainProgress: chainProgressSchema,
  IncidentPage: incidentPageSchema,
  Incident: incidentDetailSchema,
  NodeList: nodeListSchema,
  WorkloadList: workloadListSchema,
  Workload: workloadDetailSchema,
  Profile: profileSchema,
  Said: saidSchema,
  WorkloadVerdict: workloadVerdictSchema,
  Decision: storedDecisionSchema,
  DecisionList: decisionListSchema,
  ProfileDocument: profileDocumentSchema,
  Import: importViewSchema,
  ...exportComponents,
  Snapshot: snapshotSchema,
  SnapshotList: snapshotListSchema,
  SnapshotTicket: snapshotTicketSchema,
  HistoryPage: historyPageSchema,
  ...accessComponents,
  ...postureComponents,
  ...vulnerabilityComponents,
  AuditEventList: auditEventListSchema,
  AuditReceipt: auditReceiptSchema,
  ...notificationComponents,
  Problem: problemSchema,
} as const;

/** The OpenAPI 3.1 description of the API, made from the schemas that it answers with. */
export function describeApi(version: string): Json {
  const described = {
    openapi: '3.1.0',
    info: {
      title: 'Anchorwatch collector',
      version,
      description: 'Alerts, incidents, workloads and nodes. `WS /feed` sends alerts as they come.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      '/healthz': { get: operation('health', 'Whether the process is alive.', text(), [], ['503']) },
      '/readyz': { get: operation('readiness', 'Whether alerts can be stored and read.', text(), [], ['503']) },
      '/metrics': { get: operation('metrics', 'Prometheus text, or OpenMetrics when asked for.', metricsText) },
      '/api/v1/alerts': {
        get: operation(
          'listAlerts',
          'Alerts, newest first: a page, or with format all that match.',
          { ...reference('AlertPage'), ...exported },
          queryParameters(alertQuerySchema),
          ['400'],
        ),
      },
      '/api/v1/alerts/counts': {
        get: operation(
          'countAlerts',
          'How many alerts there are, by workload, severity, dimension or node; most first.',
          reference('CountList'),
          queryParameters(countQuerySchema),
          ['400'],
        ),
      },
      '/api/v1/chain/verify': {
        get: operation(
          'verifyChain',
          'One step of the check that no alert was altered, removed or inserted; ask again with where it ended until it is done.',
          reference('ChainProgress'),
          queryParameters(chainQuerySchema),
          ['400'],
        ),
      },
      '/api/v1/alerts/{id}': { get: operation('getAlert', 'One alert.', reference('Alert'), [pathId], ['404']) },
      '/api/v1/incidents': {
        get: operation(
          'listIncidents',
          'Incidents, the one that was opened last first.',
          reference('IncidentPage'),
          queryParameters(incidentQuerySchema),
          ['400'],
        ),
      },
      '/api/v1/incidents/{id}': {
        get: operation(
          'getIncident',
          'One incident with its alerts, processes and timeline.',
          reference('Incident'),
          [pathId],
          ['404'],
        ),
      },
      '/api/v1/workloads': {
        get: operation('listWorkloads', 'Workloads with coverage by dimension.', reference('WorkloadList')),
      },
      '/api/v1/workloads/{id}': {
        get: operation('getWorkload', 'One workload, by id or name.', reference('Workload'), [pathId], ['404']),
      },
      '/api/v1/workloads/{id}/profile': {
        get: operation(
          'getProfile',
          'What the workload is known to do, asked of its nodes.',
          reference('Profile'),
          [pathId],
          ['404', '504'],
        ),
      },
      ...Object.fromEntries(
        Object.entries(alertVerdicts).map(([verdict, summary]) => [
          `/api/v1/alerts/{id}/${verdict}`,
          {
            post: posted(
              operation(`${verdict}Alert`, summary, reference('Decision'), [pathId], ['400', '404']),
              'Said',
            ),
          },
        ]),
      ),
      '/api/v1/workloads/{id}/decisions': {
        post: posted(
          operation(
            'decideWorkload',
            'Accepts or denies features of a workload, or has its profile start anew.',
            reference('Decision'),
            [pathId],
            ['400', '404', '409', '504'],
          ),
          'WorkloadVerdict',
        ),
      },
      '/api/v1/decisions': {
        get: operation(
          'listDecisions',
          'What operators decided, the latest first, and which nodes have taken it.',
          reference('DecisionList'),
          queryParameters(decisionQuerySchema),
          ['400'],
        ),
      },
      '/api/v1/decisions/{id}': {
        get: operation('getDecision', 'One decision.', reference('Decision'), [pathId], ['404']),
      },
      ...exportPaths({ operation, reference, queryParameters, pathId }),
      '/api/v1/workloads/{id}/import': {
        post: posted(
          operation(
            'importProfile',
            'A profile from a file counts as if a node had contributed it, until it is replaced or removed by its name.',
            reference('Import'),
            [pathId, ...queryParameters(importQuerySchema)],
            ['400', '404'],
          ),
          'ProfileDocument',
        ),
        delete: operation(
          'removeImport',
          'Removes what was imported for a workload id under a name.',
          reference('Import'),
          [pathId, ...queryParameters(importQuerySchema)],
          ['400', '404'],
        ),
      },
      ...Object.fromEntries(
        ['incidents', 'containers'].map((of) => [
          `/api/v1/${of}/{id}/snapshot`,
          {
            post: accepted(
              operation(
                `snapshot${of === 'incidents' ? 'Incident' : 'Container'}`,
                `Has a snapshot taken of ${of === 'incidents' ? "an incident's container" : 'a container, by id or name'}: it is there some seconds later.`,
                reference('SnapshotTicket'),
                [pathId],
                ['404', '409', '429', '501', '503', '504', '507'],
              ),
            ),
          },
        ]),
      ),
      '/api/v1/incidents/{id}/snapshots': {
        get: operation(
          'listIncidentSnapshots',
          'Snapshots that were taken for an incident, the latest first.',
          reference('SnapshotList'),
          [pathId],
          ['404'],
        ),
      },
      '/api/v1/incidents/{id}/snapshots/{snapshot}/archive': {
        get: operation(
          'getIncidentSnapshotArchive',
          'A snapshot of an incident, as a gzipped tar.',
          archive,
          [pathId, { name: 'snapshot', in: 'path', required: true, schema: { type: 'string' } }],
          ['404'],
        ),
      },
      '/api/v1/snapshots': {
        get: operation(
          'listSnapshots',
          'Snapshots of containers, the latest first.',
          reference('SnapshotList'),
          queryParameters(snapshotQuerySchema),
          ['400'],
        ),
      },
      '/api/v1/snapshots/{id}': {
        get: operation('getSnapshot', 'One snapshot with its manifest.', reference('Snapshot'), [pathId], ['404']),
      },
      '/api/v1/snapshots/{id}/archive': {
        get: operation('getSnapshotArchive', 'A snapshot, as a gzipped tar.', archive, [pathId], ['404']),
      },
      '/api/v1/history': {
        get: operation(
          'getHistory',
          'What happened, the earliest first, asked of the nodes that have it. As application/x-ndjson an entry a line as they come; the last line holds `end`: what a page holds besides its items.',
          { ...reference('HistoryPage'), [ndjsonType]: { schema: { type: 'string' } } },
          queryParameters(historyQuerySchema),
          ['400', '404'],
        ),
      },
      ...notificationPaths({ operation, reference, queryParameters }),
      '/api/v1/nodes': {
        get: operation('listNodes', 'Agents: version, sensor, hooks missing, lag, losses.', reference('NodeList')),
      },
      ...vulnerabilityPaths({ operation, reference, queryParameters }),
      ...posturePaths({
        ...{ operation, reference, queryParameters, pathId },
        making: (made, body) => created(posted(made, body)),
      }),
      ...accessPaths({
        ...{ operation, reference, queryParameters, pathId },
        making: (made, body) => created(posted(made, body)),
      }),
      '/kubernetes/audit': {
        post: posted(
          operation(
            'takeKubernetesAudit',
            'Audit webhook backend of the Kubernetes API server: a batch is kept durably when it is answered with 200.',
            reference('AuditReceipt'),
            queryParameters(auditWebhookQuerySchema),
            ['400', '413', '503'],
          ),
          'AuditEventList',
        ),
      },
      '/slack/actions': {
        post: {
          ...operation('takeSlackAction', slackActionSummary, {}, [], slackActionFailures),
          requestBody: slackActionBody,
        },
      },
    },
    components: {
      schemas: Object.fromEntries(Object.entries(components).flatMap(([name, schema]) => schemasOf(name, schema))),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of `anchorwatch token create`.' },
      },
    },
  };
  return { ...described, paths: describeAccess(described.paths, problemResponse) };
}

const alertVerdicts = {
  accept: 'What the alert was raised for belongs to the workload: it joins the profile on every node.',
  deny: 'What the alert was raised for does not belong to the workload: it stays judged, and is never learned.',
  acknowledge: 'Somebody saw to the alert; nothing changes on the nodes.',
} as const;

/** An operation with a body, which may be left out where nothing in it is required. */
function posted(described: Json, body: keyof typeof components): Json {
  return { ...described, requestBody: { required: body !== 'Said', content: reference(body) } };
}

/** An operation that answers before what it is for is done. */
function accepted(described: Json): Json {
  const { '200': answer, ...problems } = described['responses'] as Json;
  return { ...described, responses: { '202': answer, ...problems } };
}

const exported: Json = Object.fromEntries(
  ['application/x-ndjson', 'text/csv'].map((type) => [type, { schema: { type: 'string' } }]),
);

const archive: Json = { 'application/gzip': { schema: { type: 'string', format: 'binary' } } };

/** An operation that answers 201. */
function created(described: Json): Json {
  const { '200': answer, ...others } = described['responses'] as Readonly<Record<string, Json>>;
  return { ...described, responses: { '201': answer, ...others } };
}

const problemResponse: Json = {
  description: 'Problem',
  content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
};

const pathId: Json = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

function operation(
  operationId: string,
  summary: string,
  content: Json,
  parameters: readonly Json[] = [],
  failures: readonly string[] = [],
): Json {
  const problems = failures.map((status) => [status, problemResponse]);
  return {
    operationId,
    summary,
    parameters,
    responses: { '200': { description: summary, content }, ...Object.fromEntries(problems) },
  };
}

function reference(name: keyof typeof components): Json {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}

function text(): Json {
  return { 'text/plain': { schema: { type: 'string' } } };
}

const metricsText: Json = { ...text(), 'application/openmetrics-text': { schema: { type: 'string' } } };

function queryParameters(query: z.ZodObject): readonly Json[] {
  const described = jsonSchema(query);
  const properties = described['properties'] as Readonly<Record<string, Json>>;
  const required = (described['required'] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

/** A schema that contains itself refers to a part of itself, which has to stand among the components: references are from the document's root. */
function schemasOf(name: string, schema: z.ZodType): readonly (readonly [string, Json])[] {
  const written = JSON.stringify(jsonSchema(schema)).replaceAll(
    '"#/$defs/__schema',
    `"#/components/schemas/${name}Part`,
  );
  const { $defs: parts = {}, ...rest } = JSON.parse(written) as Json & {
    readonly $defs?: Readonly<Record<string, Json>>;
  };
  return [
    [name, rest],
    ...Object.entries(parts).map(([key, part]) => [key.replace('__schema', `${name}Part`), part] as const),
  ];
}

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema);
  return rest;
}
