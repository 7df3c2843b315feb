import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStateDirectory, stateCandidates } from '../config/state-directory.ts';
import { parseDuration } from '../config/values.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { endOfToken, roles } from '../model/access.ts';
import type { AccessToken, AuditRecord, Role } from '../model/access.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { localUser } from './local-user.ts';
import { apiToken } from './peer.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

/** Where tokens are made and revoked: at a collector, or in its file. */
interface Registrar {
  /** For people: where that is. */
  readonly where: string;
  create(wanted: Wanted): Promise<{ readonly token: AccessToken; readonly secret: string }>;
  list(): Promise<readonly AccessToken[]>;
  revoke(idOrName: string): Promise<AccessToken>;
}

interface Wanted {
  readonly name: string;
  readonly role: Role;
  readonly node: string | undefined;
  /** As a duration of the command line. */
  readonly expires: string | undefined;
  /** Made elsewhere. */
  readonly secret?: string;
}

function usage(message: string): AnchorwatchError {
  return new AnchorwatchError('bad-option', message);
}

/** The collector's file: where it is said to be, where one is, or where one would be made. */
function fileOf({ settings }: Invocation): string {
  if (settings.store !== undefined) return settings.store;
  const found = stateCandidates(settings.state).find((directory) => existsSync(join(directory, 'collector.db')));
  return join(found ?? openStateDirectory(settings.state), 'collector.db');
}

/** Over the API where a collector is named or a token is at hand, else in the file. */
function isRemote(invocation: Invocation): boolean {
  const { sources } = invocation;
  return sources.collector !== 'default' || sources.listen === 'flag' || apiToken(invocation) !== undefined;
}

function remote(invocation: Invocation): Registrar {
  const address = collectorAddress(invocation);
  const { stop } = invocation.surroundings;
  return {
    where: address.url,
    create: ({ expires, ...wanted }) =>
      ask(address, '/api/v1/tokens', stop, { ...wanted, ...(expires === undefined ? {} : { expiresIn: expires }) }),
    list: async () => (await ask<{ readonly items: readonly AccessToken[] }>(address, '/api/v1/tokens', stop)).items,
    revoke: (idOrName) => ask(address, `/api/v1/tokens/${encodeURIComponent(idOrName)}`, stop, undefined, 'DELETE'),
  };
}

/** Runs work on the collector's file; every change is in its audit trail as well. */
async function inFile<Result>(
  invocation: Invocation,
  work: (registrar: Registrar) => Promise<Result>,
): Promise<Result> {
  const path = fileOf(invocation);
  const { openAccessFile } = await import('../collector/access-file.ts');
  const file = openAccessFile(path);
  const by = localUser();
  const record = (action: string, subject: string, detail: object): AuditRecord => ({
    ...{ by, role: 'admin', from: 'local', action, subject, detail: JSON.stringify(detail), status: 200 },
  });
  try {
    return await work({
      where: path,
      create: async ({ expires, secret, ...wanted }) => {
        const parsed = expires === undefined ? undefined : parseDuration(expires);
        const made = await file.tokens.create(
          { ...wanted, secret, expiresInMs: parsed?.ok === true ? parsed.value : undefined },
          by,
        );
        await file.record(record('token create', made.token.id, { ...wanted, expires }));
        return made;
      },
      list: () => file.tokens.list(),
      revoke: async (idOrName) => {
        const revoked = await file.tokens.revoke(idOrName, by);
        if (revoked === undefined)
          throw new AnchorwatchError('token.unknown', `there is no token ${idOrName} in ${path}`);
        await file.record(record('token revoke', revoked.id, { name: revoked.name }));
        return revoked;
      },
    });
  } finally {
    file.close();
  }
}

function withRegistrar<Result>(
  invocation: Invocation,
  work: (registrar: Registrar) => Promise<Result>,
): Promise<Result> {
  return isRemote(invocation) ? work(remote(invocation)) : inFile(invocation, work);
}

/** What the flags ask for. Throws AnchorwatchError `bad-option`. */
function wantedOf({ own }: Invocation, name: string | undefined): Wanted {
  const { role: roleText, node, expires } = own;
  const role = roles.find((one) => one === roleText);
  if (role === undefined)
    throw usage(
      roleText === undefined
        ? `--role is required: one of ${roles.join(', ')}`
        : `--role: ${JSON.stringify(roleText)} is not one of ${roles.join(', ')}`,
    );
  if (node !== undefined && role !== 'agent') throw usage('--node is for tokens of the role agent only');
  if (typeof expires === 'string' && !/^[1-9]\d{0,5}[smhd]$/.test(expires))
    throw usage(`--expires: ${JSON.stringify(expires)} is not a duration such as 30m, 12h or 90d`);
  if (name !== undefined && !/^[\w.@-]{1,64}$/.test(name))
    throw usage(`${JSON.stringify(name)} is no name of a token: 1 to 64 letters, digits, ".", "_", "@" and "-"`);
  return {
    name: name ?? `${role}-${randomBytes(3).toString('hex')}`,
    role,
    node: typeof node === 'string' ? node : undefined,
    expires: typeof expires === 'string' ? expires : undefined,
  };
}

function writeSecret(file: string, secret: string): void {
  try {
    writeFileSync(file, `${secret}\n`, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    throw new AnchorwatchError(
      'token-file',
      `the token was made, but ${file} cannot be written (${errorText(error)}): revoke it and make another`,
      { cause: error },
    );
  }
}

async function create(invocation: Invocation, name: string | undefined): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal } = surroundings;
  const wanted = wantedOf(invocation, name);
  const out = typeof own['out'] === 'string' ? own['out'] : undefined;
  if (out !== undefined && existsSync(out)) throw usage(`--out: ${out} is there already`);
  if (typeof own['secretFile'] === 'string') return takeOver(invocation, wanted, own['secretFile']);
  return withRegistrar(invocation, async (registrar) => {
    const { token, secret } = await registrar.create(wanted);
    if (out !== undefined) writeSecret(out, secret);
    if (own['json'] === true) terminal.out(jsonLine({ ...token, ...(out === undefined ? { secret } : { file: out }) }));
    else {
      // Standard output has the secret alone, for a file or a variable.
      if (out === undefined) terminal.out(secret);
      terminal.err(`Token ${token.name} (${token.id}, ${describe(token)}) made in ${registrar.where}.`);
      terminal.err(out === undefined ? 'It is not shown again.' : `It is in ${out}.`);
    }
    return exitStatus.done;
  });
}

/** The secret was made elsewhere, for a file of secrets that is mounted: a second run finds the token and changes nothing. */
async function takeOver(invocation: Invocation, wanted: Wanted, secretFile: string): Promise<number> {
  const { own, surroundings } = invocation;
  if (own['out'] !== undefined) throw usage('--out and --secret-file: the secret is in a file already');
  if (isRemote(invocation)) throw usage('--secret-file works on the collector’s file only, not over the API');
  const secret = readSecret(secretFile);
  return inFile(invocation, async (registrar) => {
    const [, id] = secret.split('_');
    const there = (await registrar.list()).find((token) => token.id === id);
    if (there !== undefined && (there.name !== wanted.name || there.role !== wanted.role))
      throw new AnchorwatchError(
        'token.taken',
        `the secret in ${secretFile} is the token ${there.name} (${there.role})`,
      );
    const token = there ?? (await registrar.create({ ...wanted, secret })).token;
    if (own['json'] === true) surroundings.terminal.out(jsonLine(token));
    const did = there === undefined ? 'made' : 'is there already';
    surroundings.terminal.err(`Token ${token.name} (${token.id}, ${describe(token)}) ${did} in ${registrar.where}.`);
    return exitStatus.done;
  });
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new AnchorwatchError('token-file', `--secret-file: cannot read ${file}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

function describe({ role, node, expiresAt }: AccessToken): string {
  const until = expiresAt === undefined ? 'does not expire' : `until ${expiresAt}`;
  return escapeForTerminal([role, ...(node === undefined ? [] : [`node ${node}`]), until].join(', '));
}

async function list(invocation: Invocation): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal } = surroundings;
  const items = await withRegistrar(invocation, (registrar) => registrar.list());
  const shown = own['all'] === true ? items : items.filter((token) => endOfToken(token, Date.now()) === undefined);
  if (own['json'] === true) for (const token of shown) terminal.out(jsonLine(token));
  else if (shown.length === 0)
    terminal.err('There are no tokens: "anchorwatch token create NAME --role admin" makes one.');
  else {
    const rows = shown.map((token) => [
      ...[token.id, token.name, token.role, token.node ?? '', token.createdAt, token.createdBy],
      endOfToken(token, Date.now()) ?? token.expiresAt ?? '',
      token.lastUsedAt ?? '',
    ]);
    const head = ['ID', 'NAME', 'ROLE', 'NODE', 'MADE', 'BY', 'ENDS', 'LAST USED'];
    for (const line of formatTable(head, rows)) terminal.out(line);
  }
  return exitStatus.done;
}

async function revoke(invocation: Invocation, idOrName: string): Promise<number> {
  const revoked = await withRegistrar(invocation, (registrar) => registrar.revoke(idOrName));
  invocation.surroundings.terminal.out(
    invocation.own['json'] === true
      ? jsonLine(revoked)
      : escapeForTerminal(`${revoked.name} (${revoked.id}) is revoked`),
  );
  return exitStatus.done;
}

const where =
  'Works on the collector’s file when no token is at hand and no collector is named (on its machine, as its user: that is how the first token is ' +
  'made), else over the API, which needs the role admin.';

/** `anchorwatch token create|list|revoke` */
export const tokenCommands: readonly CommandDefinition[] = [
  {
    options: 'token',
    usage: 'create [name]',
    summary: 'make a token; its secret is shown once',
    description: `Makes a token for people and programs (viewer, operator, admin) or for agents. ${where}`,
    flags: [
      ['--role <ROLE>', `what it may do: ${roles.join(', ')}`],
      ['--node <NAME>', 'role agent: the only node that it is for'],
      ['--expires <DURATION>', 'how long it is accepted: 12h, 90d (default: for ever)'],
      ['--out <FILE>', 'write the secret to a new file (mode 0600) instead of standard output'],
      [
        '--secret-file <FILE>',
        'take the secret of this file (aw_ID_SECRET) instead of making one; when the token is there already nothing is done',
      ],
      ['--json', 'one JSON object, with the secret'],
    ],
    examples: [
      'anchorwatch token create alice --role admin',
      'anchorwatch token create prometheus --role viewer --out /etc/prometheus/anchorwatch-token',
      'anchorwatch token create --role agent --node worker-3 --expires 365d',
    ],
    run: (invocation, name) => create(invocation, name),
  },
  {
    options: 'token',
    usage: 'list',
    summary: 'tokens: who may do what, until when, and when it was used last',
    description: `Lists tokens, never their secrets. ${where}`,
    flags: [
      ['--all', 'also those that were revoked or have expired'],
      ['--json', 'JSON lines, as the API serves them'],
    ],
    examples: [
      'anchorwatch token list',
      'anchorwatch token list --collector https://collector:7080 --token-file admin-token',
    ],
    run: (invocation) => list(invocation),
  },
  {
    options: 'token',
    usage: 'revoke <token>',
    summary: 'a token is not accepted any more, from now on',
    description: `Revokes a token by its id or name; connections that it opened are ended. ${where}`,
    flags: [['--json', 'one JSON object']],
    examples: ['anchorwatch token revoke alice'],
    run: (invocation, idOrName = '') => revoke(invocation, idOrName),
  },
];
