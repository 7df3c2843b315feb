import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AnchorwatchError } from '../lib/errors.ts';
import { severities } from '../model/alert.ts';
import { checkedKinds, Practices } from './practices.ts';
import type { Practice, PracticeProblem } from './practices.ts';
import { readYaml } from './yaml-text.ts';

/** The practices that come with Anchorwatch. */
export const shippedPractices: string = new URL('../../profiles/practices.yaml', import.meta.url).pathname;

const text = z.string().min(1).max(4096);
const practiceId = z.string().regex(/^[DKO]\d\d$/, 'must be D, K or O and two digits');
const sources = z.record(z.string(), z.array(text).min(1));
const remedy = z.strictObject({
  docker: text.optional(),
  compose: text.optional(),
  kubernetes: text.optional(),
  host: text.optional(),
});
const checkSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case'),
  title: text,
  of: z.enum(checkedKinds),
  severity: z.enum(severities),
  also: z.array(practiceId).default([]),
  sources: sources.default({}),
  reads: text,
  fix: remedy.refine((fix) => Object.keys(fix).length > 0, 'says nothing about how to mend it'),
});
const fileSchema = z.strictObject({
  benchmarks: z.record(z.string(), text),
  practices: z
    .array(
      z.strictObject({
        id: practiceId,
        name: z.string().regex(/^(?:docker|kubernetes|owasp)-\d{1,2}$/, 'must be docker-N, kubernetes-N or owasp-N'),
        title: text,
        why: text,
        sources,
        'same as': z.array(practiceId).default([]),
        checks: z.array(checkSchema).default([]),
      }),
    )
    .min(1),
});

/**
 * Reads a text of practices. Answers the practices, or all that is wrong, each with its line: what does not fit the schema, ids that are taken,
 * benchmarks and practices that are named and not there. Pure.
 */
export function parsePractices(file: string, content: string): Practices | readonly PracticeProblem[] {
  const read = readYaml(content);
  if ('mistakes' in read) return read.mistakes.map((mistake) => ({ file, ...mistake }));
  const parsed = fileSchema.safeParse(read.plain);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => ({
      ...{ file, line: read.lineOf(path), reason: `${path.map(String).join('.')}: ${message}` },
    }));
  const { benchmarks, practices } = parsed.data;
  const problems: PracticeProblem[] = [];
  const problem = (path: readonly PropertyKey[], reason: string): void => {
    problems.push({ file, line: read.lineOf(path), reason });
  };
  const ids = new Set(practices.map(({ id }) => id));
  const taken = new Set<string>();
  const take = (path: readonly PropertyKey[], id: string): void => {
    if (taken.has(id)) problem(path, `the id ${id} is taken`);
    taken.add(id);
  };
  const known = (path: readonly PropertyKey[], named: readonly string[]): void => {
    for (const id of named) if (!ids.has(id)) problem(path, `there is no practice ${id}`);
  };
  const of = (path: readonly PropertyKey[], named: Readonly<Record<string, unknown>>): void => {
    for (const name of Object.keys(named))
      if (!Object.hasOwn(benchmarks, name)) problem([...path, name], `there is no benchmark ${name}`);
  };
  for (const [index, practice] of practices.entries()) {
    const path = ['practices', index];
    take([...path, 'id'], practice.id);
    take([...path, 'name'], practice.name);
    known([...path, 'same as'], practice['same as']);
    of([...path, 'sources'], practice.sources);
    for (const [number, check] of practice.checks.entries()) {
      const place = [...path, 'checks', number];
      take([...place, 'id'], check.id);
      known([...place, 'also'], check.also);
      of([...place, 'sources'], check.sources);
    }
  }
  if (problems.length > 0) return problems;
  const all = practices.map(({ 'same as': sameAs, checks, ...practice }): Practice => ({
    ...practice,
    sameAs,
    checks: checks.map((check) => ({ ...check, practice: practice.id })),
  }));
  return new Practices(all, benchmarks);
}

let shipped: Practices | undefined;

/**
 * The practices that come with Anchorwatch, read once: as `npm run docs` made them from the file, where that is still the same file. Reading YAML takes a hundred
 * times as long, and every agent and collector would pay for it at each start. @throws AnchorwatchError `practices.invalid`
 */
export function loadShipped(): Practices {
  return (shipped ??= readMade(shippedPractices, madePractices) ?? loadPractices());
}

/** Made from `shippedPractices`. */
export const madePractices: string = new URL('../../profiles/practices.made.json', import.meta.url).pathname;

interface Made {
  /** SHA-256 of the YAML that it was made from. */
  readonly from: string;
  readonly benchmarks: Readonly<Record<string, string>>;
  readonly practices: readonly Practice[];
}

const digestOf = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

/** What `readMade` reads. Pure. */
export function madeText(content: string, { all, benchmarks }: Practices): string {
  const made: Made = { from: digestOf(content), benchmarks, practices: all };
  return `${JSON.stringify(made)}\n`;
}

/** Undefined where there is none, or where it was made from another text than the file holds now. */
export function readMade(file: string, madeFile: string): Practices | undefined {
  try {
    // Ours, and made by this code; a file that anybody changed since is read as YAML, with all checks.
    const made = JSON.parse(readFileSync(madeFile, 'utf8')) as Made;
    return made.from === digestOf(readFileSync(file)) ? new Practices(made.practices, made.benchmarks) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a file of practices. @throws AnchorwatchError `practices.invalid`, with file, line and reason of each mistake */
export function loadPractices(file: string = shippedPractices): Practices {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new AnchorwatchError('practices.invalid', `${file} cannot be read`, { cause: error });
  }
  const read = parsePractices(file, content);
  if (read instanceof Practices) return read;
  const told = read.slice(0, 20).map(({ line, reason }) => `${file}:${String(line)}: ${reason}`);
  throw new AnchorwatchError('practices.invalid', ['the practices have mistakes:', ...told].join('\n'));
}
