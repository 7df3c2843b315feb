import { escapeBytes } from './escape.ts';
import { maskArguments } from './mask.ts';

/** Arguments as the kernel keeps them, each closed by a zero byte: escaped (`escapeBytes`), secrets masked (`maskArguments`). Pure. */
export function splitArguments(bytes: Uint8Array): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== 0) continue;
    if (i < bytes.length || i > from) parts.push(escapeBytes(bytes.subarray(from, i)));
    from = i + 1;
  }
  return maskArguments(parts);
}
