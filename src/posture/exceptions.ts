import { z } from 'zod';
import { errorText } from '../lib/errors.ts';
import { yaml } from '../lib/yaml.ts';
import type { PostureException, PostureFinding } from '../model/posture.ts';
import type { PracticeProblem, Practices } from './practices.ts';

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
  const { isNode, LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, uniqueKeys: true });
  const at = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const refused = (line: number, reason: string): { exceptions: []; problems: readonly PracticeProblem[] } => ({
    exceptions: [],
    problems: [{ file, line, reason }],
  });
  const [broken] = document.errors;
  if (broken !== undefined)
    return refused(lines.linePos(broken.pos[0]).line, `not valid YAML: ${broken.message.split('\n')[0] ?? ''}`);
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return refused(1, `not valid YAML: ${errorText(error)}`);
  }
  const outer = z.strictObject({ exceptions: z.array(z.unknown()).max(10_000) }).safeParse(plain);
  if (!outer.success) return refused(1, 'needs a list `exceptions`, and nothing else');
  const problems: PracticeProblem[] = [];
  const exceptions = outer.data.exceptions.flatMap((one, index): PostureException[] => {
    const read = exceptionSchema.safeParse(one);
    if (!read.success) {
      const [issue] = read.error.issues;
      const path = ['exceptions', index, ...(issue?.path ?? [])];
      problems.push({
        file,
        line: at(path),
        reason: `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
      });
      return [];
    }
    const { of, workload, container, node, owner, reason, expires } = read.data;
    if (checksOfException(of, practices).length === 0) {
      problems.push({ file, line: at(['exceptions', index, 'of']), reason: `there is no check and no practice ${of}` });
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
