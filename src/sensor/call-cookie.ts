import { rareCalls } from '../model/call.ts';
import type { RareCall } from '../model/call.ts';
import { fileChanges } from '../model/change.ts';
import type { ChangeCall, FileChange } from '../model/change.ts';
import { callMarks, calls, changePointer, noArgument } from './layout.ts';

/** Numbers of the calls that hooks of their own tell of. */
const ownNumbers: Readonly<Record<string, number>> = {
  capability: calls.capability,
  kill: calls.kill,
  mmap: calls.mmap,
  'cgroup-leave': calls.cgroup_leave,
  io_uring: calls.io_uring,
  syscall: calls.syscall,
};
const ownNames: ReadonlyMap<number, string> = new Map(
  Object.entries(ownNumbers).map(([name, number]) => [number, name]),
);

/** Number of a call on the wire: its place in the table. Lives no longer than the programs in the kernel. 0 for an unknown one. */
export function callNumber(name: string): number {
  const own = ownNumbers[name];
  if (own !== undefined) return own;
  const place = rareCalls.findIndex((call) => call.name === name);
  return place < 0 ? 0 : calls.first + place;
}

/** The call of a number; undefined when there is none. */
export function callName(number: number): string | undefined {
  return ownNames.get(number) ?? rareCalls[number - calls.first]?.name;
}

/** What the program in the kernel is attached with for a call (agents/sensor/wire.h, "Cookie of a rare call"). */
export function callCookie({ name, told, detail, directory, text }: RareCall): bigint {
  const words = [
    BigInt(callNumber(name)),
    BigInt(told === undefined ? 0 : marks[told]),
    BigInt(directory ?? detail?.argument ?? noArgument),
    BigInt(text ?? noArgument),
    BigInt(detail?.mask ?? 0),
  ];
  return words.reduce((cookie, word, i) => cookie | (word << ([0n, 8n, 16n, 24n, 32n][i] ?? 0n)), 0n);
}

const marks = {
  'with-detail': callMarks.only_detail,
  'raw-socket': callMarks.socket,
  'socket-as-stdio': callMarks.stdio,
  'own-name': callMarks.name,
  forbidden: callMarks.forbidden,
} as const;

/** Number of a change on the wire. */
export function changeNumber(change: FileChange): number {
  return fileChanges.indexOf(change);
}

/** The change of a number; undefined when there is none. */
export function changeName(number: number): FileChange | undefined {
  return fileChanges[number];
}

/** What the program in the kernel is attached with for a call that changes files (wire.h, "Cookie of a change"). */
export function changeCookie({ change, directory, path, mode, other }: ChangeCall): bigint {
  const cookie = BigInt(changeNumber(change)) | placesOf([directory, path, mode, other]);
  return change === 'times' ? cookie | changePointer : cookie;
}

/** Where the arguments of a call that opens a file stand (manual pages, section 2). */
export interface OpenCall {
  /** Which argument is the directory that the path begins at. Default: the working directory. */
  readonly directory?: number;
  /** Which argument is the path. Without it, a refused open is not told by this program. */
  readonly path?: number;
  /** Which argument is the flags; without it, the file is opened for writing. */
  readonly flags?: number;
  /** The argument is a pointer to the flags. */
  readonly pointer?: boolean;
}

/** What the program in the kernel is attached with for a call that opens a file (wire.h, "Cookie of an open"). */
export function openCookie({ directory, path, flags, pointer = false }: OpenCall): bigint {
  return placesOf([directory, path, flags]) | (pointer ? changePointer : 0n);
}

function placesOf(places: readonly (number | undefined)[]): bigint {
  return places.reduce((word, place, i) => word | (BigInt(place ?? noArgument) << BigInt(16 + i * 8)), 0n);
}
