/** A cell: text, a number, or nothing. */
export type Cell = string | number | undefined;

/** What spreadsheets take for the beginning of a formula. */
const formula = /^[=+\-@\t\r]/;
const quoted = /[",\r\n]/;
/** What a terminal acts upon or hides; tabs and line ends have a meaning here. */
const control = /(?![\t\r\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A line of CSV (RFC 4180, with its CRLF). A text that a spreadsheet could take for a formula has a `'` before it: names of files and arguments are an
 * intruder's to choose; control and formatting characters are written as `\u{HHHH}`. Numbers stand as they are. Pure.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${csvCells(cells)}\r\n`;
}

/** The same without its line break. Pure. */
export function csvCells(cells: readonly Cell[]): string {
  return cells.map(cellText).join(',');
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const plain = cell.replaceAll(control, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`);
  const text = formula.test(plain) ? `'${plain}` : plain;
  return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
