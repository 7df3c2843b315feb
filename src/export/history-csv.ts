import type { HistoryEntry } from '../model/history.ts';
import type { Cell } from './csv.ts';

/** What an entry is about, in a word or a line: a path, a peer, a name, a title. Pure. */
export function subjectOf(entry: HistoryEntry): string {
  switch (entry.kind) {
    case 'exec':
      return entry.path;
    case 'exit':
      return entry.process.exe;
    case 'file':
    case 'change':
      return entry.path;
    case 'connect':
    case 'listen':
    case 'accept':
      return `${entry.address.includes(':') ? `[${entry.address}]` : entry.address}:${entry.port}/${entry.protocol}`;
    case 'dns':
    case 'dns-answer':
      return entry.name;
    case 'call':
      return [entry.call, entry.detail].filter((part) => part !== '').join(' ');
    case 'lifecycle':
      return [entry.action, entry.detail].filter((part) => part !== '').join(':');
    case 'container':
      return entry.action;
    case 'known':
      return `${entry.what} ${entry.key}`;
    case 'rates':
      return `${entry.spanMs} ms`;
    case 'alert':
      return entry.title;
    case 'loss':
      return `${entry.hook} ${entry.reason}`;
  }
}

/** How the thing was done or ended; empty where there is nothing to say. Pure. */
function detailOf(entry: HistoryEntry): string {
  switch (entry.kind) {
    case 'exec':
      return entry.origin;
    case 'exit':
      return entry.signal === 0 ? String(entry.exitCode) : `signal ${entry.signal}`;
    case 'file':
      return entry.created ? `${entry.access} created` : entry.access;
    case 'change':
      return [entry.change, entry.other, entry.error].filter((part) => part !== '').join(' ');
    case 'call':
      return [entry.text, entry.error].filter((part) => part !== '').join(' ');
    case 'connect':
      return entry.name ?? '';
    case 'accept':
      return entry.peer;
    case 'dns':
      return entry.type;
    case 'dns-answer':
      return entry.addresses.join(' ');
    case 'rates':
      return Object.entries(entry.rates)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' ');
    case 'alert':
      return entry.alert;
    default:
      return '';
  }
}

function processOf(entry: HistoryEntry):
  | {
      readonly pid: number;
      readonly exe: string;
      readonly args: readonly string[];
      readonly uid: number;
      readonly ancestors: readonly { readonly exe: string }[];
    }
  | undefined {
  return 'process' in entry ? entry.process : undefined;
}

/** Columns of the history, in their order: new ones are added at the end only (docs/export.md). */
export const historyColumns: readonly {
  readonly name: string;
  readonly cell: (entry: HistoryEntry) => Cell;
}[] = [
  { name: 'time', cell: ({ time }) => time },
  { name: 'kind', cell: ({ kind }) => kind },
  { name: 'subject', cell: subjectOf },
  { name: 'detail', cell: detailOf },
  { name: 'node', cell: ({ node }) => node },
  {
    name: 'workload',
    cell: (entry) => entry.container?.workload.name ?? ('workload' in entry ? entry.workload.name : undefined),
  },
  { name: 'container', cell: ({ container }) => container?.name },
  { name: 'container_id', cell: ({ container }) => container?.id },
  { name: 'image', cell: ({ container }) => container?.image },
  { name: 'pod', cell: ({ container }) => container?.pod },
  { name: 'namespace', cell: ({ container }) => container?.namespace },
  { name: 'pid', cell: (entry) => processOf(entry)?.pid },
  { name: 'exe', cell: (entry) => processOf(entry)?.exe },
  { name: 'args', cell: (entry) => processOf(entry)?.args.join(' ') },
  { name: 'uid', cell: (entry) => processOf(entry)?.uid },
  { name: 'parent_exe', cell: (entry) => processOf(entry)?.ancestors[0]?.exe },
  {
    name: 'count',
    cell: (entry) => (entry.kind === 'known' ? entry.samples : entry.kind === 'loss' ? entry.count : 1),
  },
];
