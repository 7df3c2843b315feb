import type { Alert } from './alert.ts';
import type { Dimension } from './feature.ts';

/** Where the pages of docs/runbooks are for people. The rules of dashboards/prometheus have it written out. */
export const runbookBase = 'https://github.com/anchorwatch/anchorwatch/blob/main/docs/runbooks';

type Kind = Exclude<Dimension, `rate.${string}`>;

const byDimension: Readonly<Record<Kind, string>> = {
  exec: 'alert-exec',
  'file.read': 'alert-file-read',
  'file.write': 'alert-file-write',
  'net.out': 'alert-net-out',
  'net.listen': 'alert-net-listen',
  dns: 'alert-dns',
  syscall: 'alert-syscall',
  capability: 'alert-capability',
  privilege: 'alert-privilege',
  kernel: 'alert-kernel',
  'syscall.mix': 'alert-syscall-mix',
  lifecycle: 'alert-lifecycle',
  api: 'alert-api',
  posture: 'alert-posture',
};

/** Detectors whose alerts are read otherwise than others of their dimension. */
const byDetector: ReadonlyMap<string, string> = new Map([
  ['bursts', 'alert-burst'],
  ['release', 'alert-release'],
  ['collector', 'alert-node-silence'],
  ['cluster', 'alert-node-trouble'],
]);

/** Every page that `runbookPage` may answer. */
export const runbookPages: readonly string[] = [...Object.values(byDimension), ...byDetector.values(), 'alert-rate'];

/** Name of the page of docs/runbooks, without `.md`, that says what to do about an alert. */
export function runbookPage({ dimension, detector }: Pick<Alert, 'dimension' | 'detector'>): string {
  const page = byDetector.get(detector);
  if (page !== undefined) return page;
  return isRate(dimension) ? 'alert-rate' : byDimension[dimension];
}

/**
 * Address of a page.
 * @param page Name without `.md`; may end with `#SECTION`.
 * @param base Where the pages are, without a slash at its end.
 */
export function runbookUrl(page: string, base: string = runbookBase): string {
  const [name = '', section] = page.split('#');
  return `${base}/${name}.md${section === undefined ? '' : `#${section}`}`;
}

function isRate(dimension: Dimension): dimension is `rate.${string}` {
  return dimension.startsWith('rate.');
}
