import { rareCalls } from '../model/call.ts';
import type { RareCall } from '../model/call.ts';
import { callArguments } from './layout.ts';

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
