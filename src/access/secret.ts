import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Role } from '../model/access.ts';

/** A secret as people carry it: `aw_ID_SECRET`. The prefix lets scanners of repositories find one that was committed. */
const form = /^aw_([0-9a-f]{12})_([\w-]{43})$/u;

/** Cost of scrypt (RFC 7914): `2 ** ln` blocks of `128 * r` bytes. */
interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}
/**
 * 16 MiB and some 30 ms for people's tokens. Those of agents take 1 MiB and 2 ms: ten thousand come back at once, and 256 random bits are not
 * guessed at any cost.
 */
const costs: Readonly<Record<Role, Cost>> = {
  viewer: { ln: 14, r: 8, p: 1 },
  operator: { ln: 14, r: 8, p: 1 },
  admin: { ln: 14, r: 8, p: 1 },
  agent: { ln: 10, r: 8, p: 1 },
};

/** The two parts of a secret's text; undefined for what is none. */
export function parseSecret(text: string): { readonly id: string; readonly secret: string } | undefined {
  const match = form.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { id: match[1], secret: match[2] };
}

/** A secret of 256 random bits as people carry it, or the parts of one that was made elsewhere. `text` is shown once; `hash` is kept. */
export async function makeSecret(
  role: Role,
  given: { readonly id: string; readonly secret: string } = {
    id: randomBytes(6).toString('hex'),
    secret: randomBytes(32).toString('base64url'),
  },
): Promise<{ readonly id: string; readonly text: string; readonly hash: string }> {
  const { id, secret } = given;
  const salt = randomBytes(16);
  const { ln, r, p } = costs[role];
  const key = await derive(secret, salt, costs[role]);
  // The PHC string format, so that costs can change without older tokens ending.
  const hash = `$scrypt$ln=${String(ln)},r=${String(r)},p=${String(p)}$${salt.toString('base64url')}$${key.toString('base64url')}`;
  return { id, text: `aw_${id}_${secret}`, hash };
}

/** Whether a hash was made of the secret, compared in constant time. False for a hash that cannot be read. */
export async function matchesSecret(secret: string, hash: string): Promise<boolean> {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/u.exec(hash);
  if (match === null) return false;
  const [ln, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const expected = Buffer.from(match[5] ?? '', 'base64url');
  // What this program writes has ln 10 or 14: a row that was tampered with must not take the memory of the machine.
  if (ln > 17 || r !== 8 || p !== 1 || expected.length !== 32) return false;
  const key = await derive(secret, Buffer.from(match[4] ?? '', 'base64url'), { ln, r, p });
  return timingSafeEqual(key, expected);
}

function derive(secret: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln;
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 32, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
