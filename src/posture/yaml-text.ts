import { errorText } from '../lib/errors.ts';
import { yaml } from '../lib/yaml.ts';

/** A text of YAML as values, and the line at which each of them stands; or what keeps it from being YAML, each mistake with its line. */
export type YamlText =
  | { readonly plain: unknown; lineOf(path: readonly PropertyKey[]): number }
  | { readonly mistakes: readonly { readonly line: number; readonly reason: string }[] };

/** Reads YAML without refusing what it means. Keys may stand once; aliases are bounded. `lineOf` a path that is not there is that of what holds it. Pure. */
export function readYaml(content: string): YamlText {
  const { isNode, LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0)
    return {
      mistakes: document.errors.map(({ pos, message }) => ({
        line: lines.linePos(pos[0]).line,
        reason: `not valid YAML: ${message.split('\n')[0] ?? ''}`,
      })),
    };
  try {
    return {
      plain: document.toJS({ maxAliasCount: 100 }) as unknown,
      lineOf: (path) => {
        for (let length = path.length; length >= 0; length--) {
          const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
          if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
        }
        return 1;
      },
    };
  } catch (error) {
    return { mistakes: [{ line: 1, reason: `not valid YAML: ${errorText(error)}` }] };
  }
}
