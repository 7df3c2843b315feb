import { STATUS_CODES } from '../lib/node-http.ts';
import { z } from 'zod';

/** An error as the API tells it: a problem document (RFC 9457) with a stable `code`. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** For people. */
  readonly detail: string;
  /** The query parameter that is wrong. */
  readonly parameter?: string;
}

export const problemSchema: z.ZodType<ProblemDocument> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  parameter: z.string().exactOptional(),
});

export const problemType = 'application/problem+json';

/** Thrown by a route to answer with a problem document. */
export class Problem extends Error {
  readonly document: ProblemDocument;
  /** Header fields of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    parameter?: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.headers = headers;
    const title = STATUS_CODES[status] ?? 'Error';
    this.document = {
      type: 'about:blank',
      title,
      status,
      code,
      detail,
      ...(parameter === undefined ? {} : { parameter }),
    };
  }
}
