/** Where a command writes: people and programs read `out`, errors and hints go to `err`. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
}

/** Standard output and standard error of the process. */
export const processTerminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
};

/**
 * Everything that a terminal may act upon or hide: C0 and C1 controls, DEL, zero-width and bidirectional formatting characters, line and
 * paragraph separators, lone surrogates. Names of files, processes and containers come from whoever runs in the container.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

/** Text that can be shown on a terminal as one line: unsafe characters as `\xNN` or `\u{NNNN}`, newline and tab as `\n` and `\t`. */
export function escapeForTerminal(text: string): string {
  return text.replaceAll(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** One line of JSON in which what JSON itself leaves as it is (DEL, C1, formatting characters) is escaped as well. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    unsafe,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Columns that are as wide as their widest cell, two spaces between them. Cells are escaped. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [header, ...rows.map((row) => row.map(escapeForTerminal))];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
