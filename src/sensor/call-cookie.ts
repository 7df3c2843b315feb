import { rareCalls } from '../model/call.ts';
import type { RareCall } from '../model/call.ts';
import { fileChanges } from '../model/change.ts';
import type { ChangeCall, FileChange } from '../model/change.ts';
import { callArguments, changePointer } from './layout.ts';

/** Number of a call on the wire: its place in the table, from 1. Lives no longer than the programs in the kernel. */
export function callNumber(name: string): number {
  return rareCalls.findIndex((call) => call.name === name) + 1;
}

/** The call of a number; undefined when there is none. */
export function callName(number: number): string | undefined {
  return rareCalls[number - 1]?.name;
}

/** What the program in the kernel is attached with for a call (agents/sensor/wire.h, "Cookie of a rare call"). */
export function callCookie({ name, detail, text }: RareCall): bigint {
  const argument = name === 'socket' ? callArguments.socket : (detail?.argument ?? callArguments.nothing);
  const words = [
    BigInt(callNumber(name)),
    BigInt(argument),
    BigInt(text ?? callArguments.nothing),
    BigInt(detail?.mask ?? 0),
  ];
  return words.reduce((cookie, word, i) => cookie | (word << ([0n, 16n, 24n, 32n][i] ?? 0n)), 0n);
}

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
  const places = [directory, path, mode, other].map((argument) => BigInt(argument ?? callArguments.nothing));
  const cookie = places.reduce((word, place, i) => word | (place << BigInt(16 + i * 8)), BigInt(changeNumber(change)));
  return change === 'times' ? cookie | changePointer : cookie;
}
