/** A text on one line: control characters, line ends and what turns the direction of writing are gone. Pure. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/**
 * At most `most` UTF-16 units, the last of them `…` where something is missing; never half a character. Whoever counts
 * characters or code points counts no more. Pure.
 */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 1) return '';
  const cut = text.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/u.test(cut) ? cut.slice(0, -1) : cut}…`;
}
