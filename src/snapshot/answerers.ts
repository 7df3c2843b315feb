import { AnchorwatchError } from '../lib/errors.ts';
import type { Arguments } from '../protocol/question.ts';
import { limits } from '../protocol/limits.ts';
import type { SnapshotAnswer } from './snapshots.ts';
import type { Spool } from './spool.ts';

type Answering = AsyncGenerator<string, Arguments, undefined>;

/** Bytes of an archive in one part: base64 makes four characters of three. */
const partBytes = (limits.partLength / 4) * 3;

/**
 * What a node answers about snapshots, by the kind of question: `snapshot` takes one, `snapshots` lists those that the collector does not have (a part
 * each, JSON of `SnapshotArchive`), `snapshot-archive` reads one (base64), `snapshot-drop` is told that the collector has it, or will never.
 */
export function snapshotAnswerers(
  snapshots: { request(container: string, incident?: string): SnapshotAnswer },
  spool: Spool,
): Readonly<Record<string, (args: Arguments, signal: AbortSignal) => Answering>> {
  return {
    // oxlint-disable-next-line require-yield -- an answer without parts
    async *snapshot(args) {
      const { incident } = args;
      return { ...snapshots.request(text(args, 'container'), typeof incident === 'string' ? incident : undefined) };
    },
    async *snapshots(_, signal) {
      for (const archive of spool.waiting) {
        if (signal.aborted) break;
        yield JSON.stringify(archive);
      }
      return {};
    },
    async *'snapshot-archive'(args, signal) {
      const id = text(args, 'id');
      const archive = spool.get(id);
      if (archive === undefined) throw new AnchorwatchError('question.unknown', `there is no snapshot ${id}`);
      const from = args['offset'];
      if (typeof from !== 'number' || !Number.isSafeInteger(from) || from < 0 || from > archive.sizeBytes)
        throw new AnchorwatchError('question.invalid', `offset: ${String(from)} is not within the archive`);
      for (let offset = from; offset < archive.sizeBytes && !signal.aborted;) {
        const bytes = await spool.read(id, offset, Math.min(partBytes, archive.sizeBytes - offset));
        if (bytes.length === 0)
          throw new AnchorwatchError('snapshot.damaged', `the archive of ${id} has become shorter`);
        offset += bytes.length;
        yield bytes.toString('base64');
      }
      return {};
    },
    // oxlint-disable-next-line require-yield -- an answer without parts
    async *'snapshot-drop'(args) {
      spool.remove(text(args, 'id'));
      return {};
    },
  };
}

function text(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value !== 'string' || value === '')
    throw new AnchorwatchError('question.invalid', `${name}: must be a text that is not empty`);
  return value;
}
