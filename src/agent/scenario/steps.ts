/** What happens at one time of a scenario. */
export type Step =
  | { readonly kind: 'event'; readonly container: string; readonly words: readonly string[]; readonly line: number }
  | { readonly kind: 'start' | 'stop'; readonly container: string }
  | { readonly kind: 'agent'; readonly node: string | undefined; readonly seeing: string | undefined }
  | { readonly kind: 'operator'; readonly words: readonly string[] };

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
