/** What a parser says of a text: the value, or what is wrong with it (a phrase that follows the value in the error message). */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `60s`, `5m`, `1h`, `2d`, fractions too; the unit is required. @returns Milliseconds, rounded. */
export function parseDuration(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const unitMs = unitsMs[match?.[2] ?? ''];
  if (match === null || unitMs === undefined) {
    return {
      ok: false,
      problem: 'is not a duration: a number and a unit of ms, s, m, h or d, such as 500ms, 60s, 5m or 1h',
    };
  }
  const value = Math.round(Number(match[1]) * unitMs);
  return Number.isSafeInteger(value) ? { ok: true, value } : { ok: false, problem: 'is longer than can be counted' };
}

/** A duration between two bounds, both allowed. The bounds are given as texts, as they are shown. */
export function durationBetween(least: string, most: string): (text: string) => Parsed<number> {
  const bounds = [parseDuration(least), parseDuration(most)];
  return (text) => {
    const parsed = parseDuration(text);
    if (!parsed.ok) return parsed;
    const [low, high] = bounds;
    if (low?.ok === true && parsed.value < low.value) return { ok: false, problem: `is too short: at least ${least}` };
    if (high?.ok === true && parsed.value > high.value) return { ok: false, problem: `is too long: at most ${most}` };
    return parsed;
  };
}

/** A duration in its shortest exact form: 60000 → `1m`. */
export function formatDuration(durationMs: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const unitMs = unitsMs[unit] ?? 1;
    if (durationMs >= unitMs && durationMs % unitMs === 0) return `${String(durationMs / unitMs)}${unit}`;
  }
  return `${String(durationMs)}ms`;
}

const unitsBytes: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** `500kB`, `256MB`, `2GB`; powers of ten, at least 1 kB. @returns Bytes. */
export function parseSize(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)(kB|MB|GB)$/.exec(text);
  const unitBytes = unitsBytes[match?.[2] ?? ''];
  if (match === null || unitBytes === undefined)
    return { ok: false, problem: 'is not a size: a number and a unit of kB, MB or GB, such as 500kB, 256MB or 2GB' };
  const value = Math.round(Number(match[1]) * unitBytes);
  if (!Number.isSafeInteger(value)) return { ok: false, problem: 'is larger than can be counted' };
  return value < 1000 ? { ok: false, problem: 'is too small: at least 1kB' } : { ok: true, value };
}

/** A whole number from 1 to a million. */
export function parseCount(text: string): Parsed<number> {
  const value = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : Number.NaN;
  return value <= 1_000_000 ? { ok: true, value } : { ok: false, problem: 'is not a whole number from 1 to 1000000' };
}

/** A size of at least so much. The bound is given as a text, as it is shown. */
export function sizeFrom(least: string): (text: string) => Parsed<number> {
  const bound = parseSize(least);
  return (text) => {
    const parsed = parseSize(text);
    const small = parsed.ok && bound.ok && parsed.value < bound.value;
    return small ? { ok: false, problem: `is too small: at least ${least}` } : parsed;
  };
}

/** `HOST:PORT`, with an IPv6 address in brackets; port 0 to 65535. @returns The text as given. */
export function parseListen(text: string): Parsed<string> {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):(\d{1,5})$/.exec(text);
  if (match === null) return { ok: false, problem: 'is not HOST:PORT, such as 127.0.0.1:7080 or [::1]:7080' };
  return Number(match[2]) <= 65_535 ? { ok: true, value: text } : { ok: false, problem: 'has a port above 65535' };
}

/** As `parseListen`, or with `http://` or `https://` before it. @returns The text as given, without closing slashes. */
export function parseListenOrUrl(text: string): Parsed<string> {
  const scheme = /^https?:\/\//.exec(text)?.[0] ?? '';
  const bare = scheme === '' ? text : text.slice(scheme.length).replace(/\/+$/, '');
  const parsed = parseListen(bare);
  return parsed.ok ? { ok: true, value: `${scheme}${bare}` } : parsed;
}

/** A URL with one of the given schemes (`ws:`), and a host. @returns The text without closing slashes. */
export function urlOf(schemes: readonly string[], example: string): (text: string) => Parsed<string> {
  return (text) => {
    const url = URL.parse(text);
    if (url === null || !schemes.includes(url.protocol) || url.host === '') {
      return { ok: false, problem: `is not an address of the form ${example}` };
    }
    if (url.username !== '' || url.password !== '')
      return { ok: false, problem: 'must not carry a user name or password' };
    return { ok: true, value: text.replace(/\/+$/, '') };
  };
}

/** One of a closed set of words. */
export function oneOf<T extends string>(words: readonly T[]): (text: string) => Parsed<T> {
  return (text) => {
    const value = words.find((word) => word === text);
    return value === undefined ? { ok: false, problem: `is not one of ${words.join(', ')}` } : { ok: true, value };
  };
}

/** `true` or `false`. */
export function parseBoolean(text: string): Parsed<boolean> {
  return text === 'true' || text === 'false'
    ? { ok: true, value: text === 'true' }
    : { ok: false, problem: 'is not true or false' };
}

/** Any text without control characters. */
export function parseText(text: string): Parsed<string> {
  return /[\u0000-\u001f\u007f]/.test(text)
    ? { ok: false, problem: 'has control characters' }
    : { ok: true, value: text };
}

/** Paths, as a list of texts in JSON. */
export function parsePaths(json: string): Parsed<readonly string[]> {
  const paths: unknown = JSON.parse(json);
  const isPath = (path: unknown): path is string => typeof path === 'string' && path !== '' && parseText(path).ok;
  return Array.isArray(paths) && paths.length > 0 && paths.every(isPath)
    ? { ok: true, value: paths }
    : { ok: false, problem: 'must be paths: texts that are not empty and have no control characters' };
}

/** What the contract promises for a later version: every value is refused, so that it is not silently ignored. */
export function notYet(what: string, instead: string): () => Parsed<never> {
  return () => ({ ok: false, problem: `is not available yet: ${what} comes with a later version. ${instead}` });
}
