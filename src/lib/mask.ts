/** What a secret is replaced by. */
export const masked = '***';

const secretName =
  '[\\w.-]{0,40}(?:passw(?:or)?d|passwd|passphrase|pwd|(?:db|user|admin|root|mail|smtp|my|pg|redis|(?<![a-z]))pass(?![a-z])|secret|token|api[-_]?key|apikey|access[-_]?key|private[-_]?key|auth[-_]?key|credentials?|client[-_]?secret|signature|session[-_]?id|bearer)[\\w.-]{0,40}';

interface Replacement {
  readonly pattern: RegExp;
  readonly by: string;
}

const replacements: readonly Replacement[] = [
  // PEM blocks, also cut off at the end.
  {
    pattern: /-----BEGIN [A-Z0-9 ]{0,40}(?:PRIVATE KEY|SECRET)[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
    by: masked,
  },
  // scheme://user:password@host, RFC 3986 section 3.2.1; passwords with an @ or a / that was not encoded too.
  { pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,200}):(?!\d{1,5}\/)[^\s"']{1,400}@/gi, by: `$1:${masked}@` },
  {
    pattern:
      /\b(authorization\s{0,8}[:=]\s{0,8}["']?(?:bearer|basic|token|digest|negotiate|apikey)?\s{0,8})[^\s"',;]+/gi,
    by: `$1${masked}`,
  },
  // Header fields of sessions: every cookie of them.
  { pattern: /\b((?:set-)?cookie["']?\s{0,8}:\s{0,8}["']?)[^\s"'\r\n][^"'\r\n]{0,4000}/gi, by: `$1${masked}` },
  { pattern: /\b(bearer\s{1,8})[\w.~+/=-]{6,}/gi, by: `$1${masked}` },
  { pattern: /\b(x-[\w-]{0,40}(?:token|key|auth|secret)[\w-]{0,40}\s{0,8}:\s*)[^\s"',;]+/gi, by: `$1${masked}` },
  // NAME=value, "name": "value", name: value, ?name=value&
  {
    pattern: new RegExp(`(${secretName}["']?\\s{0,8}[=:]\\s{0,8})(?:"[^"]*"?|'[^']*'?|[^\\s&"',;|<>()]+)`, 'gi'),
    by: `$1${masked}`,
  },
  // Short names that are secrets in a query: signatures of storage, keys of services, JSON web tokens.
  { pattern: /([?&](?:sig|key|jwt|otp)=)[^\s&"',;|<>()#]+/gi, by: `$1${masked}` },
  // SQL: PASSWORD 'x', IDENTIFIED BY 'x'
  { pattern: /\b((?:password|identified\s{1,8}by)\s{1,8})(?:'[^']*'?|"[^"]*"?)/gi, by: `$1${masked}` },
  // Addresses that are all that is asked for: webhooks and bots.
  {
    pattern:
      /(hooks\.slack\.com\/\w{1,20}\/|discord(?:app)?\.com\/api\/webhooks\/\d{1,30}\/|api\.telegram\.org\/bot)[\w:/-]{8,}/gi,
    by: `$1${masked}`,
  },
  // Formats that are secret by themselves: AWS, GitHub, GitLab, Slack, Google, Stripe, npm and others, our own, JSON web tokens.
  { pattern: /\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{12,}/g, by: masked },
  {
    pattern:
      /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AIza|sk_live_|rk_live_|sk-|npm_|pypi-|hf_|xapp-|glsa_|shpat_|dckr_pat_|ya29\.|SG\.|hvs\.|dop_v1_|aw_[0-9a-f]{12}_)[\w-]{10,}/g,
    by: masked,
  },
  { pattern: /\beyJ[\w-]{6,2000}\.[\w-]{4,}(?:\.[\w-]*)?/g, by: masked },
];

/** Options whose value is the next argument, or follows `=`. */
const secretOption = new RegExp(`^--?(?:${secretName})$`, 'i');
/** Short options with a password, by program: `curl -u user:password`, `mysql -ppassword`, `redis-cli -a`, `sshpass -p`. */
const shortOptions: readonly { readonly program: RegExp; readonly option: RegExp; readonly joined: boolean }[] = [
  { program: /(?:^|\/)(?:curl|wget|http)$/, option: /^(?:-u|--user|--proxy-user|-U|-b|--cookie)$/, joined: true },
  {
    program:
      /(?:^|\/)(?:mysql|mysqldump|mysqladmin|mysqlsh|mariadb|mariadb-dump|mariadb-admin|mongo|mongosh|mongodump|mongorestore)$/,
    option: /^-p$/,
    joined: true,
  },
  { program: /(?:^|\/)(?:redis-cli|valkey-cli)$/, option: /^-a$/, joined: false },
  { program: /(?:^|\/)(?:sshpass|htpasswd|smbclient|ldapsearch|docker|podman)$/, option: /^-[pwP]$/, joined: true },
];

/** Longest text that is looked at; the rest is cut off. */
const textMax = 16_384;

/**
 * Replaces secrets in a text (URL, command line, header, `NAME=value`) by `***`. Idempotent, linear in the length of the text.
 */
export function maskText(text: string): string {
  let result = text.length > textMax ? text.slice(0, textMax) : text;
  for (const { pattern, by } of replacements) result = result.replace(pattern, by);
  return maskWords(result);
}

/**
 * Masks the arguments of a program (args[0] is its name): as `maskText`, and the values of options that carry secrets
 * (`--password x`, `curl -u user:x`, `sudo mysql -px`). The number of arguments stays.
 */
export function maskArguments(args: readonly string[]): readonly string[] {
  const words = new Words();
  return args.map((argument, index) => words.take(argument, index > 0) ?? maskText(argument));
}

/** A command line that is one text: `sh -c "mysql -px && curl -u me:x h"`. */
function maskWords(text: string): string {
  if (!/\s["'`(]*-/.test(text)) return text;
  let words = new Words();
  let quote: string | undefined;
  const pieces = text.split(/(\s+)/).map((piece) => {
    if (quote !== undefined) {
      const end = piece.indexOf(quote);
      if (end < 0) return '';
      quote = undefined;
      return piece.slice(end);
    }
    const { before, word, after } = unwrap(piece);
    if (/^\s*$/.test(word) && after === '') return piece;
    const result = word === '' ? undefined : words.take(word, true);
    const opened = before.at(-1);
    if (result === masked && (opened === '"' || opened === "'") && !after.includes(opened)) quote = opened;
    // Another command begins.
    if (/[;|&]/.test(after)) words = new Words();
    return before + (result ?? word) + after;
  });
  return pieces.join('');
}

/** A word and what a shell has around it: quotes, brackets, the end of a command. */
function unwrap(piece: string): { readonly before: string; readonly word: string; readonly after: string } {
  let start = 0;
  while (start < piece.length && '"\'`('.includes(piece.charAt(start))) start++;
  let end = piece.length;
  while (end > start && '"\'`);|&'.includes(piece.charAt(end - 1))) end--;
  return { before: piece.slice(0, start), word: piece.slice(start, end), after: piece.slice(end) };
}

/** Words of a command line in their order: which of them are values of options that carry secrets. */
class Words {
  #short: typeof shortOptions = [];
  #next: 'plain' | 'secret' | 'pair' = 'plain';

  /** What stands in its place; undefined when it is no such value. @param option It may be an option: it is not the program's name. */
  take(word: string, option: boolean): string | undefined {
    const before = this.#next;
    this.#next = 'plain';
    let result: string | undefined;
    if (before === 'secret') result = word === '' ? '' : masked;
    else if (before === 'pair') result = maskPair(word);
    else result = maskShort(this.#short, word);
    if (option && secretOption.test(word)) this.#next = 'secret';
    else if (option && this.#short.some((entry) => entry.option.test(word)))
      this.#next = /user|-[uU]$/.test(word) ? 'pair' : 'secret';
    // What another program starts is known by its name too: `sudo`, `env`, `busybox`.
    else if (before === 'plain' && !word.startsWith('-')) {
      const named = shortOptions.filter((entry) => entry.program.test(word));
      if (named.length > 0) this.#short = named;
    }
    return result;
  }
}

/** `user:password` without the password. */
function maskPair(text: string): string {
  const colon = text.indexOf(':');
  return colon < 0 ? text : `${text.slice(0, colon)}:${masked}`;
}

/** `-ppassword`, `-uuser:password` */
function maskShort(short: typeof shortOptions, argument: string): string | undefined {
  const option = argument.slice(0, 2);
  if (argument.length <= 2 || argument.startsWith('--')) return undefined;
  if (!short.some((entry) => entry.joined && entry.option.test(option))) return undefined;
  return /[uU]$/.test(option) ? option + maskPair(argument.slice(2)) : option + masked;
}
