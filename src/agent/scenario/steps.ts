import { duration } from './words.ts';

/** What happens at one time of a scenario. */
export type Step =
  | { readonly kind: 'event'; readonly container: string; readonly words: readonly string[]; readonly line: number }
  | { readonly kind: 'start' | 'stop'; readonly container: string }
  | { readonly kind: 'agent'; readonly node: string | undefined; readonly seeing: string | undefined }
  | { readonly kind: 'operator'; readonly words: readonly string[] };

/** When it happens, and where that is written. */
export interface TimedStep {
  readonly atMs: number;
  readonly step: Step;
  readonly line: number;
  /** One of an `every`, which may go on after the end. */
  readonly isRepeated?: boolean;
}

/** `every D from A to B STEP`, after its first word: `{n}` in a word counts, `{x}` is a different random-looking word each time. */
export function repeated(words: readonly string[], line: number): readonly TimedStep[] {
  const [every, , from, , to, ...rest] = words;
  const steps: TimedStep[] = [];
  for (let atMs = duration(from); atMs < duration(to); atMs += duration(every)) {
    const random = ((steps.length * 2_654_435_761 + 12_345) >>> 0)
      .toString(36)
      .padStart(7, 'k')
      .replace(/[a-m]/g, (c) => c.toUpperCase());
    const filled = rest.map((word) => word.replaceAll('{n}', String(steps.length + 1)).replaceAll('{x}', random));
    steps.push({ atMs, step: stepOf(filled, line), line, isRepeated: true });
  }
  return steps;
}

/** The step that the words of a line say, after its time. */
export function stepOf(words: readonly string[], line: number): Step {
  if (words[0] === 'agent') {
    const [node, seeing] = [
      words[1] === 'on' ? words[2] : undefined,
      words.at(-2) === 'seeing' ? words.at(-1) : undefined,
    ];
    return { kind: 'agent', node, seeing };
  }
  if (words[0] === 'operator') return { kind: 'operator', words: words.slice(1) };
  const [container = '', verb = ''] = words;
  if (verb === 'start' || verb === 'stop') return { kind: verb, container };
  return { kind: 'event', container, words: words.slice(1), line };
}
