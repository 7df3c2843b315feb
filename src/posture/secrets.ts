import { maskText } from '../lib/mask.ts';
import type { PostureEvidence } from '../model/posture.ts';

/** Forms that are secret by themselves, whatever they are called. */
const forms: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'private key', pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/ },
  { kind: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { kind: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,})/ },
  { kind: 'GitLab token', pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|agent|soat)-[\w-]{18,}/ },
  { kind: 'Slack token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/ },
  { kind: 'Slack webhook', pattern: /hooks\.slack\.com\/(?:services|workflows)\/[A-Z0-9]+\/[A-Z0-9]+\/\w{16,}/i },
  { kind: 'Google API key', pattern: /\bAIza[\w-]{35}/ },
  { kind: 'Google OAuth secret', pattern: /\bGOCSPX-[\w-]{20,}/ },
  { kind: 'Stripe key', pattern: /\b[sr]k_live_[A-Za-z0-9]{16,}/ },
  { kind: 'OpenAI or Anthropic key', pattern: /\bsk-(?:ant-|proj-|svcacct-)?[\w-]{32,}/ },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}/ },
  { kind: 'PyPI token', pattern: /\bpypi-[\w-]{50,}/ },
  { kind: 'HashiCorp token', pattern: /\bhv[sbr]\.[\w-]{20,}/ },
  { kind: 'DigitalOcean token', pattern: /\bdo[opr]_v1_[a-f0-9]{64}/ },
  { kind: 'SendGrid key', pattern: /\bSG\.[\w-]{16,}\.[\w-]{16,}/ },
  { kind: 'Azure storage key', pattern: /AccountKey=[A-Za-z0-9+/]{80,}={0,2}/ },
  { kind: 'JSON web token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/ },
  {
    kind: 'password in a URL',
    pattern: /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@$]{1,200}:(?!\$|\*{3}@|%[sv]@|<)[^\s/@]{3,400}@/i,
  },
];

/** Names that say that their value is a secret. */
const secretName =
  /(?:^|[_.-])(?:passw(?:or)?d|passwd|passphrase|pass|pwd|pw|secret|token|apikey|(?:api|access|private|auth|signing|encryption|secret|session|app|master|shared)[_-]?key|credentials?|client[_-]?secret)(?:$|[_.-]?(?:\d+|value|b64|base64)?$)/i;
const joinedName = /(?:PASSWORD|SECRET|TOKEN|APIKEY|Password|Secret|Token|ApiKey)$/;
/** Names that end like a secret's and hold where it is, or a property of it. */
const pointerName = /(?:_?FILE|_?PATH|_?DIR|_?NAME|_?ID|_?URL|_?HEADER|_?TTL|_?EXPIRY|_?LENGTH|_?TYPE)$/i;
/** What stands where a secret might, and is none. */
const placeholder =
  /^(?:|true|false|yes|no|on|off|none|null|nil|undefined|changeme|change_me|todo|xxx+|\*+|\d{1,3}|<[^>]*>|\$\{?[\w:?.-]*\}?|%\w+%|\{\{.*\}\})$/i;

/** Shortest value that entropy alone makes a secret, and bits a character from which it does. */
const randomLengthMin = 24;
const randomBitsMin = 4;

/** A secret that was found. Its value is never kept. */
export interface FoundSecret {
  /** Of the variable, label or option; empty where there is none. */
  readonly name: string;
  readonly kind: string;
  /** Of the value, characters. */
  readonly length: number;
}

/** Shannon entropy of the characters of a text, bits each. Pure. */
export function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Whether a value is a secret, by its form, by the name that it has, or by that it looks random and its name hints at it. Pure. */
export function secretIn(name: string, value: string): FoundSecret | undefined {
  const form = forms.find(({ pattern }) => pattern.test(value));
  if (form !== undefined) return { name, kind: form.kind, length: value.length };
  const trimmed = value.trim();
  if (placeholder.test(trimmed) || pointerName.test(name)) return undefined;
  // Where the secret is, and not the secret.
  if (/^(?:\/|\.\/|file:|[a-z]+:\/\/[^:@\s]*$)/i.test(trimmed)) return undefined;
  if (secretName.test(name) || joinedName.test(name))
    return { name, kind: 'value of a name that says secret', length: value.length };
  const hints = /key|auth|cred|salt|cert|sign|session|cookie|priv/i.test(name);
  const looksRandom = trimmed.length >= randomLengthMin && /^[\w+/=.~-]+$/.test(trimmed) && mixed(trimmed);
  // Digests and fingerprints are as random, and nobody's secret.
  const isDigest = /^(?:sha\d+[:-])?[\da-f]+$/i.test(trimmed) || /^sha\d+-/.test(trimmed);
  if (looksRandom && hints && !isDigest && entropyBits(trimmed) >= randomBitsMin)
    return { name, kind: 'random value', length: value.length };
  return undefined;
}

function mixed(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text);
}

/** Secrets among `NAME=value` texts. Pure. */
export function secretsInEnvironment(environment: readonly string[]): readonly FoundSecret[] {
  return environment.flatMap((entry) => {
    const equals = entry.indexOf('=');
    return equals < 0 ? [] : (secretIn(entry.slice(0, equals), entry.slice(equals + 1)) ?? []);
  });
}

/** Secrets among the arguments of a program: `--password x`, `--password=x`, `NAME=x`, and known forms anywhere. Pure. */
export function secretsInArguments(words: readonly string[]): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const [index, word] of words.entries()) {
    const [, option, value] = /^(-{0,2}[\w.-]{1,60})=([\s\S]*)$/.exec(word) ?? [];
    const before = words[index - 1] ?? '';
    if (option !== undefined && value !== undefined) found.push(...listed(secretIn(option.replace(/^-+/, ''), value)));
    else if (/^--?[\w.-]{2,60}$/.test(before) && !word.startsWith('-'))
      found.push(...listed(secretIn(before.replace(/^-+/, ''), word)));
    else if (/\s/.test(word) && index > 0) found.push(...secretsInCommand(word));
    else found.push(...listed(secretIn('', word)));
  }
  return found;
}

/** Secrets in a line of a shell, as the history of an image has them: `ENV TOKEN=x`, `ARG PASSWORD=x`, `RUN |1 PASSWORD=x /bin/sh -c …`. Pure. */
export function secretsInCommand(line: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const [, name = '', quoted, plain] of line.matchAll(
    /(?:^|[\s|;&(])(?:--)?([A-Za-z_][\w.-]{0,60})=(?:"([^"]{1,4096})"|([^\s"']{1,4096}))/g,
  ))
    found.push(...listed(secretIn(name, quoted ?? plain ?? '')));
  if (found.length === 0) {
    const form = forms.find(({ pattern }) => pattern.test(line));
    const length = form?.pattern.exec(line)?.[0].length ?? 0;
    if (form !== undefined) found.push({ name: '', kind: form.kind, length });
  }
  return found;
}

function listed(secret: FoundSecret | undefined): readonly FoundSecret[] {
  return secret === undefined ? [] : [secret];
}

const shownMax = 8;

/** What is told of secrets: where, of what kind, how long. Pure. */
export function secretEvidence(field: string, found: readonly FoundSecret[]): readonly PostureEvidence[] {
  return found.slice(0, shownMax).map(({ name, kind, length }) => ({
    field: name === '' ? field : `${field} ${maskText(name).slice(0, 120)}`,
    value: `${kind}, ${String(length)} characters`,
  }));
}
