/** Stages of a request in the audit log of the Kubernetes API server (audit.k8s.io/v1). */
export const auditStages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;
export type AuditStage = (typeof auditStages)[number];

/** A request to the Kubernetes API as its audit log tells it: who did what from where, never with what content. */
export interface ApiRequest {
  /** The same in all stages of one request. */
  readonly auditId: string;
  readonly stage: AuditStage;
  /** When the stage was reached, by the API server's clock, milliseconds since the epoch. */
  readonly timeMs: number;
  /** As the API server authenticated it; `unauthenticated` where it could not. */
  readonly user: string;
  /** On whose behalf; empty: on its own. */
  readonly impersonated: string;
  /** `get list watch create update patch delete deletecollection …`, for paths the HTTP method in lower case. */
  readonly verb: string;
  /** Plural name with its API group: `secrets`, `deployments.apps`; empty for paths that are no resource. */
  readonly resource: string;
  readonly subresource: string;
  /** Empty: the resource is of the cluster, or all namespaces were asked. */
  readonly namespace: string;
  readonly name: string;
  /** Without its query. */
  readonly path: string;
  /** The address that the API server saw itself: the others of `sourceIPs` are what the client claims. */
  readonly address: string;
  readonly userAgent: string;
  /** HTTP status; 0 when it is not known. */
  readonly code: number;
  /** A way into a pod was asked for. */
  readonly session?: ApiSession;
}

/** What `kubectl exec` and its like ask for. */
export interface ApiSession {
  /** Empty: the API server's choice. */
  readonly container: string;
  /** First word of the command, with secrets masked; empty: there is none, or it was not logged. */
  readonly program: string;
}

/** Who asked, and by which program: `jane with kubectl`, `jane as admin with kubectl`. */
export function askerOf({ user, impersonated, userAgent }: ApiRequest): string {
  return `${user}${impersonated === '' ? '' : ` as ${impersonated}`} with ${clientName(userAgent)}`;
}

/** The API server did not let it through: not authenticated, or not allowed. */
export function isRefused({ code }: Pick<ApiRequest, 'code'>): boolean {
  return code === 401 || code === 403;
}

/** `pods/exec`, `secrets`, or the path of what is no resource. */
export function targetOf({ resource, subresource, path }: ApiRequest): string {
  if (resource === '') return path;
  return subresource === '' ? resource : `${resource}/${subresource}`;
}

/** Name of a client program without its version and platform: `kubectl` of `kubectl/v1.36.0 (linux/amd64) kubernetes/1a2b3c4`. */
export function clientName(userAgent: string): string {
  const name = /^[^\s/(]*/u.exec(userAgent)?.[0] ?? '';
  return name === '' ? 'an unnamed client' : name.slice(0, 128);
}
