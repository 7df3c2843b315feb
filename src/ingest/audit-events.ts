import { maskText } from '../lib/mask.ts';
import { auditStages } from '../model/api-request.ts';
import type { ApiRequest, ApiSession, AuditStage } from '../model/api-request.ts';

/** What is wrong with a batch or one of its events: where (`items[3].stage`), and what. */
export interface AuditProblem {
  readonly where: string;
  readonly what: string;
}

/** A batch as far as it could be read. */
export interface AuditBatch {
  readonly requests: readonly ApiRequest[];
  /** One for each event that could not be read. */
  readonly problems: readonly AuditProblem[];
}

type Members = Readonly<Record<string, unknown>>;

const stages: ReadonlySet<string> = new Set(auditStages);
/** UTF-16 units. What is longer is cut: none of it is an address of anything. */
const textMax = 512;
/** Of a URI, which may hold a long command line; only its beginning is looked at. */
const uriMax = 16_384;
/** Subresources of pods that lead into them. */
const sessions: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'ephemeralcontainers']);

/** Thrown within this file only. */
class Misfit extends Error {
  readonly problem: AuditProblem;

  constructor(where: string, what: string) {
    super(what);
    this.problem = { where, what };
  }
}

/**
 * Reads a batch of the API server's audit webhook: an `EventList` of audit.k8s.io/v1. Events that cannot be read are named, the others are
 * taken. `requestObject`, `responseObject` and annotations are never looked at. Pure.
 * @param nowMs for events without a time
 * @returns what is wrong where it is no such list at all
 */
export function readAuditBatch(body: unknown, nowMs: number): AuditBatch | AuditProblem {
  if (!isMembers(body)) return { where: 'body', what: 'must be a JSON object, an EventList of audit.k8s.io/v1' };
  const { kind, apiVersion, items } = body;
  if (kind !== 'EventList') return { where: 'kind', what: 'must be "EventList"' };
  if (apiVersion !== 'audit.k8s.io/v1') return { where: 'apiVersion', what: 'must be "audit.k8s.io/v1"' };
  // A list without events comes as null from Go.
  if (items === null || items === undefined) return { requests: [], problems: [] };
  if (!Array.isArray(items)) return { where: 'items', what: 'must be a list of events' };
  const requests: ApiRequest[] = [];
  const problems: AuditProblem[] = [];
  for (const [index, item] of (items as readonly unknown[]).entries())
    try {
      requests.push(requestOf(item, `items[${String(index)}]`, nowMs));
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      problems.push(error.problem);
    }
  return { requests, problems };
}

function requestOf(item: unknown, where: string, nowMs: number): ApiRequest {
  if (!isMembers(item)) throw new Misfit(where, 'must be an object');
  const stage = required(item, 'stage', where);
  if (!isStage(stage)) throw new Misfit(`${where}.stage`, `must be one of ${auditStages.join(', ')}`);
  const user = members(item, 'user', where);
  const object = members(item, 'objectRef', where);
  const status = members(item, 'responseStatus', where);
  const username = text(user, 'username', `${where}.user`);
  const resource = text(object, 'resource', `${where}.objectRef`);
  const group = text(object, 'apiGroup', `${where}.objectRef`);
  const subresource = text(object, 'subresource', `${where}.objectRef`);
  const isSession = group === '' && resource === 'pods' && sessions.has(subresource);
  return {
    auditId: required(item, 'auditID', where),
    stage,
    timeMs: timeOf(item, where) ?? nowMs,
    user: username === '' ? 'unauthenticated' : username,
    impersonated: text(members(item, 'impersonatedUser', where), 'username', `${where}.impersonatedUser`),
    verb: required(item, 'verb', where),
    resource: resource === '' || group === '' ? resource : `${resource}.${group}`,
    subresource,
    namespace: text(object, 'namespace', `${where}.objectRef`),
    name: text(object, 'name', `${where}.objectRef`),
    path: text(item, 'requestURI', where).replace(/\?.*$/su, ''),
    address: addressOf(item, where),
    userAgent: text(item, 'userAgent', where),
    code: codeOf(status, `${where}.responseStatus`),
    ...(isSession ? { session: sessionOf(item) } : {}),
  };
}

/** `…/exec?command=sh&command=-c&container=nginx` (core/v1, PodExecOptions). Of the command only the first word is kept: the others may hold secrets. */
function sessionOf(item: Members): ApiSession {
  const uri = item['requestURI'];
  const query = typeof uri === 'string' ? (/\?(.*)$/su.exec(uri.slice(0, uriMax))?.[1] ?? '') : '';
  const asked = new URLSearchParams(query);
  return {
    container: (asked.get('container') ?? '').slice(0, textMax),
    program: maskText((asked.get('command') ?? '').split(/\s/u)[0] ?? '').slice(0, textMax),
  };
}

function isStage(stage: string): stage is AuditStage {
  return stages.has(stage);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object; empty where there is none. */
function members(of: Members, name: string, where: string): Members {
  const value = of[name];
  if (value === undefined || value === null) return {};
  if (!isMembers(value)) throw new Misfit(`${where}.${name}`, 'must be an object');
  return value;
}

function text(of: Members, name: string, where: string): string {
  const value = of[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Misfit(`${where}.${name}`, 'must be a string');
  return value.length > textMax ? value.slice(0, textMax) : value;
}

function required(of: Members, name: string, where: string): string {
  const value = text(of, name, where);
  if (value === '') throw new Misfit(`${where}.${name}`, 'must be there and not empty');
  return value;
}

/** All but the last may be what the client wrote into X-Forwarded-For (audit.k8s.io/v1, Event.sourceIPs). */
function addressOf(item: Members, where: string): string {
  const value = item['sourceIPs'];
  if (value === undefined || value === null) return '';
  if (!Array.isArray(value)) throw new Misfit(`${where}.sourceIPs`, 'must be a list of addresses');
  const last: unknown = value.at(-1);
  if (last === undefined) return '';
  if (typeof last !== 'string') throw new Misfit(`${where}.sourceIPs`, 'must be a list of addresses');
  return last.slice(0, textMax);
}

function timeOf(item: Members, where: string): number | undefined {
  const name = text(item, 'stageTimestamp', where) === '' ? 'requestReceivedTimestamp' : 'stageTimestamp';
  const value = text(item, name, where);
  if (value === '') return undefined;
  const timeMs = Date.parse(value);
  if (Number.isNaN(timeMs)) throw new Misfit(`${where}.${name}`, 'must be a time of RFC 3339');
  return timeMs;
}

function codeOf(status: Members, where: string): number {
  const { code } = status;
  if (code === undefined || code === null) return 0;
  if (typeof code !== 'number' || !Number.isInteger(code)) throw new Misfit(`${where}.code`, 'must be a whole number');
  return code;
}
