/** What a secret is replaced by. */
export const masked = '***';

const secretName =
  '[\\w.-]{0,40}(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[-_]?key|apikey|access[-_]?key|private[-_]?key|auth[-_]?key|credentials?|client[-_]?secret|signature|session[-_]?id|bearer)[\\w.-]{0,40}';

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
  // scheme://user:password@host, RFC 3986 section 3.2.1
  { pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,200}):[^\s/@]{1,400}@/gi, by: `$1:${masked}@` },
  {
    pattern:
      /\b(authorization\s{0,8}[:=]\s{0,8}["']?(?:bearer|basic|token|digest|negotiate|apikey)?\s{0,8})[^\s"',;]+/gi,
    by: `$1${masked}`,
  },
  { pattern: /\b(bearer\s{1,8})[\w.~+/=-]{6,}/gi, by: `$1${masked}` },
  { pattern: /\b(x-[\w-]{0,40}(?:token|key|auth|secret)[\w-]{0,40}\s{0,8}:\s*)[^\s"',;]+/gi, by: `$1${masked}` },
  // NAME=value, "name": "value", name: value, ?name=value&
  {
    pattern: new RegExp(`(${secretName}["']?\\s{0,8}[=:]\\s{0,8})(?:"[^"]*"?|'[^']*'?|[^\\s&"',;|<>()]+)`, 'gi'),
    by: `$1${masked}`,
  },
  // Formats that are secret by themselves: AWS, GitHub, GitLab, Slack, Google, Stripe, npm, our own, JSON web tokens.
  { pattern: /\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{12,}/g, by: masked },
  {
    pattern:
      /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AIza|sk_live_|rk_live_|sk-|npm_|hvs\.|dop_v1_|aw_[0-9a-f]{12}_)[\w-]{10,}/g,
    by: masked,
  },
  { pattern: /\beyJ[\w-]{6,2000}\.[\w-]{4,}(?:\.[\w-]*)?/g, by: masked },
];

/** Options whose value is the next argument, or follows `=`. */
const secretOption = new RegExp(`^--?(?:${secretName})$`, 'i');
/** Short options with a password, by program: `curl -u user:password`, `mysql -ppassword`, `redis-cli -a`, `sshpass -p`. */
const shortOptions: readonly { readonly program: RegExp; readonly option: RegExp; readonly joined: boolean }[] = [
  { program: /(?:^|\/)(?:curl|wget|http)$/, option: /^(?:-u|--user|--proxy-user|-U)$/, joined: true },
  {
    program: /(?:^|\/)(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mongo|mongosh|mongodump)$/,
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
  return result;
}

/**
 * Masks the arguments of a program (args[0] is its name): as `maskText`, and the values of options that carry secrets
 * (`--password x`, `curl -u user:x`, `mysql -px`). The number of arguments stays.
 */
export function maskArguments(args: readonly string[]): readonly string[] {
  const program = args[0] ?? '';
  const short = shortOptions.filter((entry) => entry.program.test(program));
  const result: string[] = [];
  let next: 'plain' | 'secret' | 'pair' = 'plain';
  for (const argument of args) {
    if (next === 'secret') result.push(argument === '' ? '' : masked);
    else if (next === 'pair') result.push(maskPair(argument));
    else result.push(maskShort(short, argument) ?? maskText(argument));
    next = 'plain';
    if (result.length === 1) continue;
    if (secretOption.test(argument)) next = 'secret';
    else if (short.some(({ option }) => option.test(argument))) next = /user|-[uU]$/.test(argument) ? 'pair' : 'secret';
  }
  return result;
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
