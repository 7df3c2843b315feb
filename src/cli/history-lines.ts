import { csvCells } from '../lib/csv.ts';
import type { HistoryEntry, LossEntry } from '../model/history.ts';
import { escapeForTerminal } from './terminal.ts';

/** What an entry says in a few words, as it was written by whoever runs in the container: not escaped. */
function deedOf(entry: HistoryEntry): string {
  switch (entry.kind) {
    case 'exec':
      return `${entry.path}  ${entry.process.args.join(' ')}`.trimEnd();
    case 'exit':
      return entry.signal === 0 ? `status ${String(entry.exitCode)}` : `signal ${String(entry.signal)}`;
    case 'start':
      return `${entry.path || '?'}${entry.process.ancestors.map(({ pid }) => `  by pid ${String(pid)}`).join('')}`;
    case 'end': {
      const how = entry.signal === 0 ? `status ${String(entry.exitCode)}` : `signal ${String(entry.signal)}`;
      return `${how} after ${durationText(entry.durationMs)}`;
    }
    case 'file':
      return `${entry.created ? 'made' : entry.access} ${entry.path}`;
    case 'change':
      return `${entry.change} ${entry.path}${entry.other === '' ? '' : ` (${entry.other})`}${failed(entry.error)}`;
    case 'connect':
      return `to ${entry.name === undefined ? '' : `${entry.name} `}${entry.address}:${String(entry.port)}/${entry.protocol}`;
    case 'accept':
      return `from ${entry.address} at port ${String(entry.port)}/${entry.protocol}`;
    case 'listen':
      return `${entry.address}:${String(entry.port)}/${entry.protocol}`;
    case 'dns':
      return `${entry.name}${entry.type === '' ? '' : ` ${entry.type}`}`;
    case 'dns-answer':
      return `${entry.name} is ${entry.addresses.join(' ')}`;
    case 'call':
      return `${entry.call}${entry.detail === '' ? '' : ` ${entry.detail}`}${entry.text === '' ? '' : ` ${entry.text}`}${failed(entry.error)}`;
    case 'lifecycle':
      return `${entry.action}${entry.detail === '' ? '' : ` ${entry.detail}`}${entry.by === undefined ? '' : ` by ${entry.by}`}`;
    case 'container':
      return `${entry.action}${entry.exitCode === undefined ? '' : ` with status ${String(entry.exitCode)}`}`;
    case 'known':
      return knownDeed(entry);
    case 'rates':
      return Object.entries(entry.rates)
        .map(([name, value]: [string, number]) => `${name} ${String(value)}`)
        .join(', ');
    case 'alert':
      return `${entry.severity.toUpperCase()} ${entry.title}`;
    case 'loss':
      return lossDeed(entry);
  }
}

function durationText(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function failed(error: string): string {
  return error === '' ? '' : `: ${error}`;
}

/** Kinds of known behaviour that a line names one by one. */
const keysShown = 3;

function knownDeed({ workload, counts, omitted = 0 }: Extract<HistoryEntry, { kind: 'known' }>): string {
  const most = counts.toSorted((a, b) => b.samples - a.samples).slice(0, keysShown);
  const more = counts.length + omitted - most.length;
  const shown = most.map(({ what, key, samples }) => `${what} ${key} (${String(samples)})`).join(', ');
  return `${workload.name}: ${shown}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

/** "blind for 3.2 s: 17 records could not be told (open, ring_full)" */
export function lossDeed({ from, to, hook, reason, count }: LossEntry): string {
  const seconds = ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1);
  if (reason === 'not_running') return `blind for ${seconds} s, from ${from} to ${to}: the agent did not run`;
  return `blind for ${seconds} s, from ${from} to ${to}: ${String(count)} could not be told (${hook}, ${reason})`;
}

function whoOf(entry: HistoryEntry): string {
  const { process } = entry as {
    readonly process?: { readonly exe: string; readonly pid: number; readonly uid: number };
  };
  return process === undefined
    ? ''
    : `  by ${process.exe || '?'} (pid ${String(process.pid)}, uid ${String(process.uid)})`;
}

function isCaptured(entry: HistoryEntry): boolean {
  return 'captured' in entry && entry.captured;
}

/** An entry for people, in one line that is safe for a terminal. Known behaviour that was told in full is marked with a dot. */
export function describeEntry(entry: HistoryEntry): string {
  const mark = isCaptured(entry) ? '·' : ' ';
  const where = entry.container?.name ?? (entry.kind === 'known' ? entry.workload.name : entry.node);
  return escapeForTerminal(`${entry.time} ${mark} ${where}  ${entry.kind.padEnd(9)}  ${deedOf(entry)}${whoOf(entry)}`);
}

/**
 * Entries as a story: what was new line by line, alerts with a mark, and known behaviour that was told because everything was (and the ends of its
 * processes) as how much of it came between.
 */
export class Story {
  readonly #known: Set<number> = new Set();
  #folded = 0;

  /** The lines of the next entry; none while it is folded. */
  add(entry: HistoryEntry): string[] {
    const { process } = entry as { readonly process?: { readonly pid: number } };
    if (entry.kind === 'exec' && process !== undefined) {
      if (isCaptured(entry)) this.#known.add(process.pid);
      else this.#known.delete(process.pid);
    }
    const isMark = entry.kind === 'start' || entry.kind === 'end';
    const isEndOfKnown = entry.kind === 'exit' && process !== undefined && this.#known.delete(process.pid);
    if (isCaptured(entry) || isEndOfKnown || isMark) {
      this.#folded += 1;
      return [];
    }
    return [...this.end(), `  ${entry.kind === 'alert' ? '▶' : ' '} ${describeEntry(entry)}`];
  }

  /** Nothing follows, or something that is not folded. */
  end(): string[] {
    const count = this.#folded;
    this.#folded = 0;
    return count === 0 ? [] : [`    · known behaviour, ${String(count)} ${count === 1 ? 'entry' : 'entries'}`];
  }
}

/** First line of the CSV. */
export const csvHeader =
  'time,node,seq,container,container_id,image,workload,pod,kind,what,pid,exe,args,uid,execution,parent_execution,captured,json';

/** An entry as a line of CSV (`csvCells`) that ends without its line break. `json` is the whole entry. */
export function csvLine(entry: HistoryEntry): string {
  const { container } = entry;
  const { process } = entry as { readonly process?: Partial<Extract<HistoryEntry, { kind: 'exec' }>['process']> };
  const workload = container?.workload.name ?? (entry.kind === 'known' ? entry.workload.name : '');
  return csvCells([
    ...[entry.time, entry.node, String(entry.seq), container?.name, container?.id, container?.image, workload],
    ...[container?.pod, entry.kind, deedOf(entry), process === undefined ? '' : String(process.pid), process?.exe],
    ...[process?.args?.join(' '), process === undefined ? '' : String(process.uid), process?.execution],
    ...[process?.parentExecution, isCaptured(entry) ? 'true' : '', JSON.stringify(entry)],
  ]);
}
