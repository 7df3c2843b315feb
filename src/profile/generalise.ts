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

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const date = /(?<![0-9])(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?![0-9])/g;

/** Random-looking: eight or more hexadecimal digits, or six or more characters that keep changing class. */
function typedToken(token: string): string {
  if (/^\d+$/.test(token)) return '<n>';
  if (/^[0-9a-f]{8,}$/i.test(token) && /\d/.test(token)) return '<hex>';
  if (/^[A-Za-z0-9]{6,}$/.test(token)) {
    let changes = 0;
    for (let index = 1; index < token.length; index++) {
      const [before, here] = [classOf(token, index - 1), classOf(token, index)];
      // A capital followed by small letters is how words begin.
      if (here !== before && !(before === 1 && here === 2)) changes++;
    }
    if (changes >= 2 && changes >= token.length / 4) return '<random>';
  }
  if (/^tmp[a-z0-9]{6,12}$/.test(token) && /\d/.test(token)) return 'tmp<random>';
  return token.replace(/\d+/g, '<n>');
}

function classOf(token: string, index: number): number {
  const code = token.charCodeAt(index);
  return code < 58 ? 0 : code < 91 ? 1 : 2;
}

function typedSegment(segment: string): string {
  if (!/\d|[a-z][A-Z]/.test(segment)) return segment;
  if (uuid.test(segment)) return '<uuid>';
  return segment
    .replace(date, '<date>')
    .split(/([._\-+~@:,=]|<date>)/)
    .map((part) => (part === '<date>' || part === '' ? part : typedToken(part)))
    .join('');
}

/**
 * A path with the parts that only identify an instance replaced by their type: `/tmp/job-17.part` is `/tmp/job-<n>.part`.
 * Protected paths come back unchanged. Idempotent.
 */
export function typedPath(path: string): string {
  if (isProtected(path)) return path;
  return path
    .replaceAll('*', '<star>') // a file may be called so; patterns must not
    .split('/')
    .map((segment) => (segment.includes('<') ? segment : typedSegment(segment)))
    .join('/');
}

/** Digit runs folded to `0` everywhere, as the kernel does for `file.*.folded` keys. */
export function foldDigits(path: string): string {
  return path.replace(/[0-9]+/g, '0');
}

/** True when the kernel's digit folding says exactly what the typed path says: only numbers and dates were replaced. */
export function isFoldable(path: string): boolean {
  const typed = typedPath(path);
  return typed !== path && !/<(?:hex|uuid|random|star)>/.test(typed);
}

/** Text of a command line with numbers, hexadecimal strings and quoted strings folded, and bounded in length. */
export function foldText(text: string, maxLength: number): string {
  return text
    .slice(0, 4096)
    .replace(/\s+/g, ' ')
    .replace(/"[^"]*"/g, '""')
    .replace(/'[^']*'/g, "''")
    .replace(/\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<hex>')
    .replace(/[0-9]+/g, '0')
    .trim()
    .slice(0, maxLength);
}

/** Directory (with its closing `/`) and extension of a typed path: siblings of one shape share both. */
export function siblingGroup(path: string): { readonly directory: string; readonly extension: string } | undefined {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  const slash = path.lastIndexOf('/', end - 1);
  if (slash <= 0 || isProtected(path)) return undefined;
  const name = path.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  return { directory: path.slice(0, slash + 1), extension: dot > 0 ? name.slice(dot) : name.endsWith('/') ? '/' : '' };
}

/** The pattern that stands for all siblings of one shape: `/srv/cache/*`, `/srv/cache/*.json`. */
export function siblingPattern(path: string): string | undefined {
  const group = siblingGroup(path);
  return group === undefined ? undefined : `${group.directory}*${group.extension}`;
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
