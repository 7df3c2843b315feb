/**
 * What somebody may do. `viewer` reads, `operator` decides too, `admin` everything of the API, tokens and the audit trail included; `agent` is
 * for the way of the nodes alone, and reads nothing.
 */
export const roles = ['viewer', 'operator', 'admin', 'agent'] as const;
export type Role = (typeof roles)[number];

/** Who asks, as far as it is proven. */
export interface Principal {
  /** The token's name, or the node of a certificate; empty for anyone. */
  readonly name: string;
  readonly role: Role;
  /** `shared`: the agents' one token in a file. `signature`: of one request, by another service. `anyone`: nobody has to say who they are. */
  readonly kind: 'token' | 'shared' | 'certificate' | 'signature' | 'anyone';
  /** Token id. */
  readonly token?: string | undefined;
  /** The only node that it may speak for. */
  readonly node?: string | undefined;
  /** From then on it is not admitted any more; milliseconds since the epoch. */
  readonly untilMs?: number | undefined;
}

/** True when `role` may do what asks for `needed`: each role of people includes those before it. */
export function includesRole(role: Role, needed: Role): boolean {
  if (role === 'agent' || needed === 'agent') return role === needed;
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** A token as it is shown: everything but the secret, which nobody keeps. Times are ISO 8601. */
export interface AccessToken {
  /** Part of the secret's text; not secret itself. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Of the role agent: the only node that it is for. */
  readonly node?: string | undefined;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt?: string | undefined;
  readonly revokedAt?: string | undefined;
  readonly revokedBy?: string | undefined;
  /** Noted once a minute. */
  readonly lastUsedAt?: string | undefined;
}

/** Why a token is not accepted any more, by the collector's clock; undefined when it is. */
export function endOfToken(token: AccessToken, nowMs: number): 'revoked' | 'expired' | undefined {
  if (token.revokedAt !== undefined) return 'revoked';
  return token.expiresAt !== undefined && Date.parse(token.expiresAt) <= nowMs ? 'expired' : undefined;
}

/** A change that was asked of the API, or made to its files by the command line. */
export interface AuditRecord {
  /** Name of the token; `anyone` where nobody had to say who they are. */
  readonly by: string;
  readonly role: Role;
  /** Address of the client, or `local` for the command line on the collector's files. */
  readonly from: string;
  /** The route: `POST /api/v1/alerts/:id/accept`. */
  readonly action: string;
  /** The path that was asked, with its query. */
  readonly subject: string;
  /** The body, or its size and SHA-256 where it is long. */
  readonly detail: string;
  /** HTTP status of the answer: below 400 it was done. */
  readonly status: number;
  /** Code of the problem where there was one. */
  readonly code?: string | undefined;
}

/** A record as it is kept: numbered from 1 without gaps, each with the hash over the one before it. */
export interface StoredAuditRecord extends AuditRecord {
  readonly seq: number;
  /** ISO 8601, by the collector's clock. */
  readonly time: string;
  readonly previousHash: string;
  readonly hash: string;
}
