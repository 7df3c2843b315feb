import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { SnapshotManifest, StoredSnapshot } from '../model/snapshot.ts';
import { ask, collectorAddress, download } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

/** A snapshot as `GET /api/v1/snapshots` lists it. */
interface Listed extends SnapshotManifest {
  readonly sizeBytes: number;
  readonly missing: number;
}

interface Ticket {
  readonly id: string;
  readonly node: string;
  readonly container: string;
}

const pollMs = 500;
/** Longer than a snapshot takes and its way to the collector. */
const waitMs = 60_000;

/** `anchorwatch snapshot take` */
export const snapshotTake: CommandDefinition = {
  options: 'snapshot',
  usage: 'take [container]',
  summary: 'examine a container in full, now',
  description:
    'Has the agent of the container (id, 12 characters of it or more, or name) take a snapshot: processes, open files, sockets, mounts, namespaces, ' +
    'capabilities, libraries, hashes of the programs that run, what the engine says of it, and what changed in its file system. Waits until the collector has it.',
  flags: [
    ['--incident <ID>', 'of the container of this incident, and kept with it'],
    ['--json', 'JSON'],
  ],
  examples: ['anchorwatch snapshot take shop-web-1', 'anchorwatch snapshot take --incident 01M83WF2QNR6SW3BQF0CH09PX2'],
  run: async (invocation, container) => {
    const { own, surroundings } = invocation;
    const { terminal, stop } = surroundings;
    const address = collectorAddress(invocation);
    const { incident } = own;
    if ((container === undefined) === (typeof incident !== 'string'))
      throw new AnchorwatchError('bad-option', 'give a container or --incident ID, one of them');
    const of = typeof incident === 'string' ? `incidents/${encodeURIComponent(incident)}` : undefined;
    const path = `/api/v1/${of ?? `containers/${encodeURIComponent(container ?? '')}`}/snapshot`;
    const ticket = await ask<Ticket>(address, path, stop, {});
    const { manifest, sizeBytes } = await arrived(address, ticket, stop);
    if (own['json'] === true) terminal.out(jsonLine(manifest));
    else {
      terminal.out(
        escapeForTerminal(
          `snapshot ${manifest.id} of ${manifest.container.name} on ${manifest.node}: ${String(manifest.processes)} processes, ${String(sizeBytes)} bytes, in ${String(manifest.tookMs)} ms`,
        ),
      );
      for (const { what, reason, count, detail } of manifest.gaps)
        terminal.out(escapeForTerminal(`  missing: ${what} (${reason}, ${String(count)}) ${detail}`.trimEnd()));
    }
    return exitStatus.done;
  },
};

/** Waits until the collector has it. @throws AnchorwatchError `snapshot.late` */
async function arrived(address: Peer, { id, node }: Ticket, stop: AbortSignal): Promise<StoredSnapshot> {
  const untilMs = Date.now() + waitMs;
  for (;;) {
    try {
      return await ask<StoredSnapshot>(address, `/api/v1/snapshots/${id}`, stop);
    } catch (error) {
      if (!(error instanceof AnchorwatchError) || error.code !== 'collector-refused' || stop.aborted) throw error;
    }
    if (Date.now() > untilMs)
      throw new AnchorwatchError(
        'snapshot.late',
        `${node} has not sent snapshot ${id} within a minute: "anchorwatch snapshot list" shows it when it comes`,
        { retryable: true },
      );
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** `anchorwatch snapshot list` */
export const snapshotList: CommandDefinition = {
  options: 'snapshot',
  usage: 'list',
  summary: 'snapshots that the collector has',
  description: 'Lists snapshots of containers, the newest last.',
  flags: [
    ['--incident <ID>', 'of this incident only'],
    ['--container <NAME>', 'of this container only, by id or name'],
    ['--json', 'JSON lines, as the API serves them'],
  ],
  examples: ['anchorwatch snapshot list', 'anchorwatch snapshot list --incident 01M83WF2QNR6SW3BQF0CH09PX2'],
  run: async (invocation) => {
    const { own, surroundings } = invocation;
    const { terminal, stop } = surroundings;
    const address = collectorAddress(invocation);
    const { items } = await ask<{ readonly items: readonly Listed[] }>(address, listPath(own), stop);
    const oldestFirst = items.toReversed();
    if (own['json'] === true) for (const one of oldestFirst) terminal.out(jsonLine(one));
    else if (items.length === 0) terminal.err(`No snapshots at ${address.url}.`);
    else {
      const rows = oldestFirst.map((one) =>
        [
          ...[one.id, one.takenAt, one.node, one.container.name, one.cause],
          ...[String(one.processes), String(one.missing), String(one.sizeBytes), one.incident ?? ''],
        ].map(escapeForTerminal),
      );
      const heads = ['ID', 'TAKEN', 'NODE', 'CONTAINER', 'CAUSE', 'PROCESSES', 'MISSING', 'BYTES', 'INCIDENT'];
      for (const line of formatTable(heads, rows)) terminal.out(line);
    }
    return exitStatus.done;
  },
};

function listPath(own: Invocation['own']): string {
  const query = new URLSearchParams({ limit: '1000' });
  for (const name of ['incident', 'container']) {
    const value = own[name];
    if (typeof value === 'string') query.set(name, value);
  }
  return `/api/v1/snapshots?${query.toString()}`;
}

/** `anchorwatch snapshot get` */
export const snapshotGet: CommandDefinition = {
  options: 'snapshot',
  usage: 'get <id>',
  summary: 'a snapshot as a file',
  description:
    'Writes the archive of a snapshot, a gzipped tar whose manifest.json names its files with their SHA-256. Programs in it may be harmful: they have ' +
    'the names of their hashes and cannot be executed as they are.',
  flags: [['--out <FILE>', 'the file (default: snapshot-ID.tar.gz)']],
  examples: ['anchorwatch snapshot get 01M83WF2QNR6SW3BQF0CH09PX2', 'anchorwatch snapshot get ID --out case-7.tar.gz'],
  run: async (invocation, id = '') => {
    const { own, surroundings } = invocation;
    const { terminal, stop } = surroundings;
    const address = collectorAddress(invocation);
    const path = `/api/v1/snapshots/${encodeURIComponent(id)}`;
    const { sha256, sizeBytes, manifest } = await ask<StoredSnapshot>(address, path, stop);
    const file = typeof own['out'] === 'string' ? own['out'] : `snapshot-${manifest.id}.tar.gz`;
    const part = `${file}.part`;
    try {
      const hash = createHash('sha256');
      const target = await open(part, 'w', 0o600);
      try {
        for await (const chunk of await download(address, `${path}/archive`, stop)) {
          hash.update(chunk);
          await target.writeFile(chunk);
        }
      } finally {
        await target.close();
      }
      if (hash.digest('hex') !== sha256)
        throw new AnchorwatchError('snapshot.damaged', `snapshot ${id} is not what its node sent: its hash is another`);
      await rename(part, file);
    } catch (error) {
      await rm(part, { force: true });
      if (error instanceof AnchorwatchError) throw error;
      throw new AnchorwatchError('snapshot.file', `${file} cannot be written: ${errorText(error)}`, { cause: error });
    }
    terminal.out(escapeForTerminal(`${file}: ${String(sizeBytes)} bytes, SHA-256 ${sha256}`));
    return exitStatus.done;
  },
};
