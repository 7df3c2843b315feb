import type { RateName } from '../model/rate.ts';

/** How a rate is called in titles, and its unit. `scaled`: in k, M and G where it is large. */
const words: Readonly<Record<RateName, { readonly name: string; readonly unit: string; readonly scaled: boolean }>> = {
  cpu: { name: 'CPU', unit: ' cores', scaled: false },
  memory: { name: 'Memory', unit: 'B', scaled: true },
  pids: { name: 'Number of processes', unit: '', scaled: false },
  'net.receive.bytes': { name: 'Network traffic received', unit: 'B/s', scaled: true },
  'net.transmit.bytes': { name: 'Network traffic sent', unit: 'B/s', scaled: true },
  'net.receive.packets': { name: 'Packets received', unit: '/s', scaled: false },
  'net.transmit.packets': { name: 'Packets sent', unit: '/s', scaled: false },
  'disk.read.bytes': { name: 'Disk reading', unit: 'B/s', scaled: true },
  'disk.write.bytes': { name: 'Disk writing', unit: 'B/s', scaled: true },
  exec: { name: 'Program starts', unit: '/s', scaled: false },
  connect: { name: 'Connections begun', unit: '/s', scaled: false },
  dns: { name: 'DNS questions', unit: '/s', scaled: false },
};

/** `0.43 cores`, `2.1 MB/s`, `640`: a value with its unit, in three figures. Pure. */
export function rateText(name: RateName, value: number): string {
  const { unit, scaled } = words[name];
  if (!scaled) return `${figures(value)}${unit}`;
  const steps = ['', 'k', 'M', 'G', 'T'];
  const step = Math.max(0, Math.min(steps.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${figures(value / 1000 ** step)} ${steps[step] ?? ''}${unit}`;
}

/** "CPU is 14 times the usual: 0.43 cores for 3 minutes, usually 0.03 cores". Pure. */
export function rateTitle(
  name: RateName,
  { value, usual, heldMs }: { readonly value: number; readonly usual: number; readonly heldMs: number },
): string {
  const times = usual > 0 ? value / usual : Infinity;
  const more =
    times >= 1000 ? 'far above' : times >= 1.05 ? `${figures(times, times < 10 ? 2 : 0)} times` : 'higher than';
  return `${words[name].name} is ${more} the usual: ${rateText(name, value)} for ${spanText(heldMs)}, usually ${rateText(name, usual)}`;
}

/** `40 seconds`, `3 minutes`, `2.5 days`. Pure. */
export function spanText(ms: number): string {
  for (const [unit, unitMs] of [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const)
    if (ms >= unitMs) return counted(ms / unitMs, unit);
  return counted(ms / 1000, 'second');
}

function counted(value: number, unit: string): string {
  const text = figures(value, value < 10 ? 2 : 0);
  return `${text} ${unit}${text === '1' ? '' : 's'}`;
}

function figures(value: number, significant = 3): string {
  if (significant === 0 || value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(significant)));
}
