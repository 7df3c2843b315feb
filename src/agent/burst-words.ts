import type { Process } from '../model/event.ts';
import { runningName } from '../model/program.ts';
import type { BurstName } from '../profile/burst-levels.ts';
import { rateText, spanText } from './rate-words.ts';

/** "250 programs were started within 3 seconds, at most 4 before": what came in a burst, without the workload. Pure. */
export function burstTitle(
  name: BurstName,
  {
    value,
    usual,
    heldMs,
    process,
  }: { readonly value: number; readonly usual: number; readonly heldMs: number; readonly process: Process | undefined },
): string {
  const before =
    usual > 0 ? `, at most ${name === 'memory' ? rateText('memory', usual) : Math.round(usual)} before` : '';
  switch (name) {
    case 'exec':
      return `${Math.round(value)} programs were started within ${spanText(heldMs)}${before}`;
    case 'connect':
      return `${Math.round(value)} connections were begun within ${spanText(heldMs)}${before}`;
    case 'kill':
      return `${Math.round(value)} of its own programs were ended or stopped by signals within ${spanText(heldMs)}${before}`;
    case 'create':
      return `${Math.round(value)} files were made within ${spanText(heldMs)}${before}`;
    case 'descriptors':
      return `Descriptors are used up: ${Math.round(value)} more than a process may need were opened, or refused, within ${spanText(heldMs)}`;
    case 'sockets':
      return `${Math.round(value)} sockets are held open without use${before}`;
    case 'pids':
      return `${Math.round(value)} processes and threads within ${spanText(heldMs)}${before}`;
    case 'memory':
      return `Memory grew to ${rateText('memory', value)} within ${spanText(heldMs)}${before}`;
    case 'cpu': {
      const who = process === undefined ? 'A process' : runningName(process.exe, process.args);
      return `${who} computed without a pause for ${spanText(heldMs)} (${rateText('cpu', value)}), with no input or output`;
    }
  }
}
