import { createHash } from 'node:crypto';
import type { FileChange } from '../model/change.ts';
import type { ChangeEvent, KernelKey } from '../model/event.ts';

/**
 * Directories whose entries are never generalised: one file more or less there matters (design.md section 5).
 * Executables are never generalised at all: only file and network features pass through here, and scripts.
 */
const protectedPrefixes = [
  '/etc/',
  '/root/',
  '/bin/',
  '/sbin/',
  '/usr/',
  '/boot/',
  '/sys/',
  '/proc/sys/',
  '/run/secrets/',
  '/var/run/secrets/',
  '/var/spool/cron/',
];
const protectedSegments =
  /^(?:\.ssh|\.aws|\.azure|\.kube|\.gnupg|\.docker|\.gcloud|gcloud|secrets?|credentials?|bin|sbin)$/;

/** True when neither segments nor siblings of this path may be folded into a pattern. */
export function isProtected(path: string): boolean {
  if (path.startsWith('/lib')) return /^\/lib(?:x?\d*)\//.test(path);
  if (protectedPrefixes.some((prefix) => path.startsWith(prefix) || path === prefix.slice(0, -1))) return true;
  return path.split('/').some((segment) => protectedSegments.test(segment));
}

/** Directories where new names are nothing to wonder at: their fan-out collapses early, and in the kernel too. */
const volatilePrefixes =
  /^(?:\/tmp|\/var\/tmp|\/dev\/shm|\/run|\/var\/run|\/var\/cache|\/var\/log|\/var\/lib\/[^/]+\/(?:tmp|body|proxy|fastcgi|uwsgi|scgi|cache)[^/]*)\//;

export function isVolatile(path: string): boolean {
  return volatilePrefixes.test(path) && !isProtected(path);
}

/** Names of files that hold credentials or what a login runs, wherever they lie: never folded, never one of many. */
const protectedNames =
  /^(?:id_[a-z0-9]+(?:\.pub)?|authorized_keys\d?|\.netrc|\.pgpass|\.my\.cnf|\.git-credentials|\.npmrc|\.pypirc|\.htpasswd|\.env(?:\..+)?|\.[a-z]*(?:rc|_history|profile)|(?:secrets?|credentials?|tokens?|passwords?)(?:\.[a-z]+)?|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk))$/i;

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** A day, with or without a time of day (ISO 8601, basic or extended, or with other separators). */
const date =
  /(?<![0-9])(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?:[T_ -]?(?:[01]\d|2[0-3])[:.-]?[0-5]\d(?:[:.-]?[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![0-9])/g;
/** https://github.com/ulid/spec: 48 bits of time and 80 random ones in Crockford's base32. */
const ulid = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/i;

/** Random-looking: eight or more hexadecimal digits, or six or more characters that keep changing class. */
function typedToken(token: string): string {
  if (/^\d+$/.test(token)) return '<n>';
  if (/^[0-9a-f]{8,}$/i.test(token) && /\d/.test(token)) return '<hex>';
  if (ulid.test(token) && /\d/.test(token)) return '<random>';
  if (/^[A-Za-z0-9]{6,}$/.test(token)) {
    const changes = classChanges(token);
    if (changes >= 2 && changes >= token.length / 4) return '<random>';
    // Base32 changes class less often. Words have vowels.
    if (changes >= 2 && token.length >= 16 && (token.match(/[aeiou]/gi)?.length ?? 0) < token.length / 5)
      return '<random>';
  }
  if (/^tmp[a-z0-9]{6,12}$/.test(token) && /\d/.test(token)) return 'tmp<random>';
  return token.replace(/\d+/g, '<n>');
}

/** How often digits, capitals, small letters and other characters take turns. A capital before small letters is how words begin. */
function classChanges(token: string): number {
  let changes = 0;
  for (let index = 1; index < token.length; index++) {
    const [before, here] = [classOf(token, index - 1), classOf(token, index)];
    if (here !== before && !(before === 1 && here === 2)) changes++;
  }
  return changes;
}

function classOf(token: string, index: number): number {
  const code = token.charCodeAt(index);
  if (code >= 48 && code < 58) return 0;
  if (code >= 65 && code < 91) return 1;
  return code >= 97 && code < 123 ? 2 : 3;
}

/** Base64 with the URL's alphabet (RFC 4648, section 5) has separators in the midst of what is random. */
function isBase64(segment: string): boolean {
  return (
    /^[A-Za-z0-9_+-]{16,}=*$/.test(segment) &&
    /\d/.test(segment) &&
    /[a-z]/.test(segment) &&
    /[A-Z]/.test(segment) &&
    classChanges(segment) >= segment.length / 3
  );
}

/** What a name must not hold by itself, because patterns do. */
function escaped(text: string): string {
  return text.replace(/[<*]/g, (mark) => (mark === '<' ? '<lt>' : '<star>'));
}

function typedSegment(segment: string): string {
  if (!/\d|[a-z][A-Z]|[<*]/.test(segment)) return segment;
  if (uuid.test(segment)) return '<uuid>';
  const dated = escaped(segment).replace(date, '<date>');
  if (!dated.includes('<') && isBase64(segment)) return '<random>';
  return dated
    .split(/(<(?:date|lt|star)>|[._\-+~@:,=])/)
    .map((part) => (part.startsWith('<') || part === '' ? part : typedToken(part)))
    .join('');
}

/** `ab/cdef…`, `c/29/b7f5…`: stores of objects spread them over directories by parts of their hexadecimal names. */
function spread(segments: string[], typed: string[]): void {
  for (let index = typed.length - 2; index > 0; index--)
    if (typed[index + 1]?.startsWith('<hex>') === true && /^[0-9a-f]{1,3}$/i.test(segments[index] ?? ''))
      typed[index] = '<hex>';
}

/**
 * A path with the parts that only identify an instance replaced by their type: `/tmp/job-17.part` is `/tmp/job-<n>.part`. `<` and `*` of a
 * name itself become `<lt>` and `<star>`: no name can pass for a type or a pattern. Protected paths come back unchanged, of files that hold
 * credentials the name.
 */
export function typedPath(path: string): string {
  if (isProtected(path)) return path;
  const segments = path.split('/');
  const typed = segments.map(typedSegment);
  spread(segments, typed);
  const name = lastName(path);
  if (protectedNames.test(name)) typed[typed.length - 1] = escaped(name);
  return typed.join('/');
}

/** True when parts of the typed text were replaced that the kernel does not fold: it tells of every instance. */
export function isUnfoldable(typed: string): boolean {
  return /<(?:hex|uuid|random|star|lt)>/.test(typed);
}

/** Domains below which every name may be somebody else's: registries of countries, and hosts of what anybody puts there. */
const sharedDomains =
  /(?:^|\.)(?:(?:com?|net|org|gov|edu|ac)\.[a-z]{2}|amazonaws\.com|cloudfront\.net|windows\.net|azurewebsites\.net|azureedge\.net|googleapis\.com|appspot\.com|run\.app|web\.app|firebaseapp\.com|herokuapp\.com|workers\.dev|pages\.dev|vercel\.app|netlify\.app|github\.io|githubusercontent\.com|gitlab\.io|ngrok\.(?:io|app)|ngrok-free\.app|trycloudflare\.com|duckdns\.org|blogspot\.com|fly\.dev|onrender\.com)$/i;

/** True when names below the domain belong together: it is neither a top-level domain nor shared by strangers. */
export function isOwnDomain(domain: string): boolean {
  return domain.includes('.') && !sharedDomains.test(domain);
}

/** A DNS name with its random labels replaced by `<random>`, those of a domain of its own alone: `<random>.example.com`. */
export function typedDomain(name: string): string {
  const labels = name.split('.');
  return labels
    .map((label, index) => {
      const typed = typedSegment(label);
      const random = /<(?:hex|uuid|random)>/.test(typed) && isOwnDomain(labels.slice(index + 1).join('.'));
      return random ? '<random>' : escaped(label);
    })
    .join('.');
}

/** Digit runs folded to `0` everywhere, as the kernel does for `file.*.folded` keys. */
export function foldDigits(path: string): string {
  return path.replace(/[0-9]+/g, '0');
}

/** True when the kernel's digit folding says exactly what the typed path says: only numbers and dates were replaced. */
export function isFoldable(path: string): boolean {
  const typed = typedPath(path);
  return typed !== path && !isUnfoldable(typed) && !protectedNames.test(lastName(path));
}

/**
 * Text of a command line with numbers, hexadecimal strings and quoted strings folded, and bounded in length: of a longer one a digest says the
 * rest, so that nothing can hide behind a known beginning. Quotes that a shell looks into are left as they are.
 */
export function foldText(text: string, maxLength: number): string {
  const folded = text
    .replaceAll('<hex>', '<lt>hex>')
    .replace(/\s+/g, ' ')
    .replace(/"[^"$`]*"/g, '""')
    .replace(/'[^']*'/g, "''")
    .replace(/\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<hex>')
    .replace(/[0-9]+/g, '0')
    .trim();
  return bounded(folded, maxLength);
}

/** Text of at most so many characters and a digest: what is longer ends in `<long ` and the first 64 bits of its SHA-256. */
export function bounded(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength)}<long ${createHash('sha256').update(text).digest('hex').slice(0, 16)}>`;
}

/** Names there are the kernel's, and few: each counts. */
const ownNames = /^\/(?:proc|dev(?!\/shm\/))\//;

/** The pattern that stands for all siblings of one shape in a typed path's directory: `/srv/cache/*`, `/srv/cache/*.json`, `/srv/cache/.*`. */
export function siblingPattern(path: string): string | undefined {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  const slash = path.lastIndexOf('/', end - 1);
  if (slash <= 0 || isProtected(path) || ownNames.test(path) || path.includes('<long ')) return undefined;
  const name = path.slice(slash + 1);
  if (protectedNames.test(name)) return undefined;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : name.endsWith('/') ? '/' : '';
  return `${path.slice(0, slash + 1)}${name.startsWith('.') ? '.' : ''}*${extension}`;
}

/** True when a pattern made by this module stands for the path (untyped). */
export function patternMatches(pattern: string, path: string): boolean {
  const typed = typedPath(path);
  return pattern === typed || pattern === siblingPattern(typed);
}

/** What a change's kernel keys have in common, whatever the path. */
export interface ChangeOf {
  readonly change: FileChange;
  readonly special: boolean;
  readonly refused: boolean;
}

export function changeOf({ change, special, error }: ChangeEvent): ChangeOf {
  return { change, special, refused: error !== '' };
}

/** Kernel keys that recognise what the pattern of this path says, as far as the kernel can express it. */
export function foldedKey(of: 'read' | 'write' | ChangeOf, path: string): KernelKey {
  const folded = foldDigits(path);
  return typeof of === 'string'
    ? { kind: `file.${of}.folded`, path: folded }
    : { kind: 'change.folded', ...of, path: folded };
}

export function directoryKey(of: 'read' | 'write' | ChangeOf, path: string): KernelKey {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  const directory = path.slice(0, path.lastIndexOf('/', end - 1) + 1);
  return typeof of === 'string'
    ? { kind: `file.${of}.directory`, path: directory }
    : { kind: 'change.directory', ...of, path: directory };
}
