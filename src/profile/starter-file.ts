import type { Document } from 'yaml';
import { z } from 'zod';
import { errorText } from '../lib/errors.ts';
import { yaml } from '../lib/yaml.ts';
import type { Dimension } from '../model/feature.ts';
import { siblingPattern } from './generalise.ts';
import { starterDimensions } from './starter.ts';
import type { Starter, StarterFeature } from './starter.ts';

/** A mistake in a file of a starter. */
export interface StarterProblem {
  readonly file: string;
  /** Counted from 1; absent where no line is to blame. */
  readonly line?: number;
  readonly reason: string;
}

export type ParsedStarter =
  | { readonly starter: Starter }
  | { readonly problems: readonly [StarterProblem, ...StarterProblem[]] };

/** Each feature takes memory for every workload that the starter is of. */
const featuresMax = 2000;
const listMax = 64;
const keyMax = 536;
/** Of one file; what is behind them is likely to follow from them. */
const problemsMax = 20;

const samples = z.int().min(0).max(1_000_000);
const path = z
  .string()
  .max(keyMax)
  .regex(/^\/(?:[^<>*\s]|<n>)+$/, 'must be the path of a program, with <n> for a version');
const counts = z.union([
  z.tuple([samples, samples]),
  z.strictObject({ startup: samples.default(0), steady: samples.default(0) }),
]);
const schema = z.strictObject({
  format: z.literal('anchorwatch-starter'),
  version: z.literal(1),
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case'),
  revision: z.union([
    z.string().max(64).regex(/^\S+$/, 'must be one word, such as a date'),
    z.number().transform(String),
  ]),
  about: z.string().optional(),
  programs: z.array(path).min(1).max(listMax),
  images: z.array(z.string().regex(/^[a-z0-9]+$/, 'must be one word of an image name')).max(listMax),
  samples: z.strictObject({ startup: samples, steady: samples }),
  features: z.partialRecord(z.enum(starterDimensions), z.record(z.string().min(1).max(keyMax), counts)),
});

/**
 * Reads the text of a starter's file (docs/starter.md). A file with a mistake is no starter: each mistake is named with its line, 20 at most. Pure.
 * @param file what messages call it
 */
export function parseStarter(file: string, text: string): ParsedStarter {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number, reason: string): StarterProblem => ({ file, line: lines.linePos(offset).line, reason });
  const broken = (problems: readonly StarterProblem[]): ParsedStarter | undefined => {
    const [first, ...rest] = problems;
    return first === undefined ? undefined : { problems: [first, ...rest.slice(0, problemsMax - 1)] };
  };
  const syntax = broken(
    [...document.errors, ...document.warnings].map(({ pos, message }) => at(pos[0], message.split('\n')[0] ?? '')),
  );
  if (syntax !== undefined) return syntax;
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // Aliases of nothing, or of too much.
    return { problems: [{ file, reason: errorText(error) }] };
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const [place, member] = placeOf(document, issue);
      return at(place, `${member === '' ? '' : `${member}: `}${issue.message}`);
    });
    return broken(problems) ?? { problems: [{ file, reason: 'is no starter' }] };
  }
  const { data } = parsed;
  const features = Object.entries(data.features).flatMap(([dimension, keys]) =>
    Object.entries(keys ?? {}).map(([key, count]): StarterFeature => {
      const { startup, steady } = Array.isArray(count) ? { startup: count[0], steady: count[1] } : count;
      return { dimension: dimension as Dimension, key, startup, steady };
    }),
  );
  const wrong = features.flatMap((feature): StarterProblem[] => {
    const reason = mistakeOf(feature, data.samples);
    const { dimension, key } = feature;
    return reason === undefined
      ? []
      : [at(keyOffset(document, ['features', dimension], key), `features.${dimension}: ${key}: ${reason}`)];
  });
  if (features.length > featuresMax)
    wrong.push(at(offsetOf(document, ['features']), `features: more than ${featuresMax} features`));
  const { name, revision, programs, images } = data;
  return broken(wrong) ?? { starter: { file, name, revision, programs, images, samples: data.samples, features } };
}

/** `profiles/starter/nginx.yaml:12: …` */
export function starterProblemText({ file, line, reason }: StarterProblem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${reason}`;
}

/** Why the feature is none that learning could have made of so many samples; undefined when it could. */
function mistakeOf(
  { dimension, key, startup, steady }: StarterFeature,
  samplesOf: Starter['samples'],
): string | undefined {
  if (startup + steady === 0) return 'was seen in no sample';
  if (startup > samplesOf.startup || steady > samplesOf.steady) return 'was seen in more samples than there are';
  if ((dimension !== 'file.read' && dimension !== 'file.write') || !key.includes('*')) return undefined;
  const file = key.slice(Math.max(0, key.indexOf('/')));
  return siblingPattern(file) === file ? undefined : 'is a pattern that learning never makes';
}

function offsetOf(document: Document.Parsed, path_: readonly PropertyKey[]): number {
  const { isNode } = yaml();
  for (let length = path_.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path_.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document.Parsed, path_: readonly PropertyKey[], name: string): number {
  const { isMap, isNode, isScalar } = yaml();
  const map: unknown = path_.length === 0 ? document.contents : document.getIn(path_, true);
  const key = isMap(map) ? map.items.find((pair) => isScalar(pair.key) && pair.key.value === name)?.key : undefined;
  return isNode(key) && key.range ? key.range[0] : offsetOf(document, path_);
}

function placeOf(document: Document.Parsed, issue: z.core.$ZodIssue): readonly [number, string] {
  const member = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return [keyOffset(document, issue.path, issue.keys[0] ?? ''), member];
  const last = issue.path.at(-1);
  const place = typeof last === 'string' ? keyOffset(document, issue.path.slice(0, -1), last) : undefined;
  return [place ?? offsetOf(document, issue.path), member];
}
