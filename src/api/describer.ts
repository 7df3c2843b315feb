import type { z } from 'zod';

/** A part of an OpenAPI description. */
export type Json = Readonly<Record<string, unknown>>;

/** What the parts of the description of the API are made with. `Name`: the schemas that the part may refer to. */
export interface Describer<Name extends string> {
  readonly operation: (
    id: string,
    summary: string,
    content: Json,
    parameters?: readonly Json[],
    failures?: readonly string[],
  ) => Json;
  /** A schema as content. */
  readonly reference: (name: Name) => Json;
  readonly queryParameters: (query: z.ZodObject) => readonly Json[];
}

/** The same for routes that have an `{id}` in their path or make something. */
export interface MakingDescriber<Name extends string> extends Describer<Name> {
  /** An operation that takes a body and answers 201. */
  readonly making: (described: Json, body: Name) => Json;
  readonly pathId: Json;
}
