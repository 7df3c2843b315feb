import { yaml } from '../../lib/yaml.ts';
import { statementLines } from './evidence.ts';
import type { Statement } from './evidence.ts';

/** YAML with the statement as a comment before it. */
export function yamlText(title: string, statement: Statement, content: object): string {
  const comment = commented('#', statementLines(title, statement));
  return `${comment}\n${yaml().stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** Lines as a comment. */
export function commented(mark: string, lines: readonly string[]): string {
  return lines.map((line) => `${mark} ${line}`).join('\n');
}
