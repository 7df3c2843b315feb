import { z } from 'zod';
import type { PostureException, PostureFinding } from '../model/posture.ts';
import type { PracticeProblem, Practices } from './practices.ts';
import { readYaml } from './yaml-text.ts';

const text = z.string().min(1).max(512);
/** A date alone is its beginning, in UTC. */
const expiry = z.preprocess(
  (value) => (value instanceof Date ? value.toISOString() : value),
  z
    .string()
    .refine(
      (value) => /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value)),
      'must be a date: 2027-01-31',
    ),
);
const exceptionSchema = z.strictObject({
  of: text.describe('Check or practice.'),
  workload: text.optional(),
  container: text.optional(),
  node: text.optional(),
  owner: text,
  reason: text,
  expires: expiry,
});

/**
 * Reads a file of exceptions: `exceptions: [{ of, workload, container, node, owner, reason, expires }]`. Those with mistakes are named with their line and left
 * out: the findings that they mean count. Pure.
 */
export function parseExceptions(
  file: string,
  content: string,
  practices: Practices,
): { readonly exceptions: readonly PostureException[]; readonly problems: readonly PracticeProblem[] } {
  const read = readYaml(content);
  if ('mistakes' in read)
    return { exceptions: [], problems: read.mistakes.slice(0, 1).map((mistake) => ({ file, ...mistake })) };
  const outer = z.strictObject({ exceptions: z.array(z.unknown()).max(10_000) }).safeParse(read.plain);
  if (!outer.success)
    return { exceptions: [], problems: [{ file, line: 1, reason: 'needs a list `exceptions`, and nothing else' }] };
  const problems: PracticeProblem[] = [];
  const exceptions = outer.data.exceptions.flatMap((one, index): PostureException[] => {
    const exception = exceptionSchema.safeParse(one);
    if (!exception.success) {
      const [issue] = exception.error.issues;
      const path = ['exceptions', index, ...(issue?.path ?? [])];
      problems.push({
        file,
        line: read.lineOf(path),
        reason: `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
      });
      return [];
    }
    const { of, workload, container, node, owner, reason, expires } = exception.data;
    if (checksOfException(of, practices).length === 0) {
      problems.push({
        file,
        line: read.lineOf(['exceptions', index, 'of']),
        reason: `there is no check and no practice ${of}`,
      });
      return [];
    }
    return [
      {
        ...{ id: `file-${String(index + 1)}`, of, owner, reason, expiresMs: Date.parse(expires), origin: 'file' },
        ...(workload === undefined ? {} : { workload }),
        ...(container === undefined ? {} : { container }),
        ...(node === undefined ? {} : { node }),
      },
    ];
  });
  return { exceptions, problems };
}

/** Checks that an exception is of: one, or those of a practice. Pure. */
export function checksOfException(of: string, practices: Practices): readonly string[] {
  return practices.check(of) === undefined ? practices.checksOf(of) : [of];
}

/** The exception that a finding falls under: one that holds before one that expired. Pure. */
export function exceptionOf(
  { check, node, workload, container }: Pick<PostureFinding, 'check' | 'node' | 'workload' | 'container'>,
  exceptions: readonly PostureException[],
  practices: Practices,
  nowMs: number,
): PostureException | undefined {
  const meant = exceptions.filter(
    (one) =>
      (one.node === undefined || one.node === node) &&
      (one.workload === undefined || one.workload === workload?.id || one.workload === workload?.name) &&
      (one.container === undefined ||
        one.container === container?.name ||
        container?.id.startsWith(one.container) === true) &&
      checksOfException(one.of, practices).includes(check),
  );
  return meant.find(({ expiresMs }) => expiresMs > nowMs) ?? meant[0];
}
