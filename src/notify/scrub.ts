import { maskText } from '../lib/mask.ts';

/** Longest piece of somebody else's text that stands in a reason, characters. */
const excerptMax = 300;
/** Shorter secrets stand in every text by accident: then nothing of it is told. */
const secretMin = 4;

/**
 * What somebody answered, as it may stand in a reason: on one line, short, and without the secrets that were sent, which some repeat in their
 * answers, plain or encoded. Pure.
 */
export function excerpt(text: string, secrets: readonly string[]): string {
  if (secrets.some((secret) => secret.length < secretMin)) return '';
  // The longest first: one may be a part of another.
  const forms = [...new Set(secrets.flatMap(formsOf))].toSorted((a, b) => b.length - a.length);
  const whole = forms.reduce((rest, form) => rest.replaceAll(form, '***'), text.slice(0, 65_536));
  const line = maskText(whole.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim());
  return line.length > excerptMax ? `${line.slice(0, excerptMax)}…` : line;
}

function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ];
}

/** What is secret of an address that is: all of it, its path, and the last part of that. Pure. */
export function secretsOfAddress(address: string): string[] {
  if (!URL.canParse(address)) return [address];
  const { href, pathname, search } = new URL(address);
  const last = pathname.split('/').findLast((part) => part !== '') ?? '';
  const parts = [`${pathname}${search}`, pathname, search.slice(1), last].filter((part) => part.length >= secretMin);
  return [...new Set([address, href, ...parts])];
}
