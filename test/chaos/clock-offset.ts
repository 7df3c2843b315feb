/**
 * Lets whoever started this process set its clock: after `{ offsetMs }` over the channel, `Date` is off by so much. All times of the product are
 * of `Date` (src/lib/clock.ts); timers and the monotonic clock go on as they do when a machine's clock is set.
 */
const RealDate = Date;
let offsetMs = 0;

const SetDate = function (this: unknown, ...args: ConstructorParameters<typeof Date> | []): Date | string {
  if (new.target === undefined) return new RealDate(RealDate.now() + offsetMs).toString();
  return args.length === 0 ? new RealDate(RealDate.now() + offsetMs) : new RealDate(...args);
};
SetDate.now = (): number => RealDate.now() + offsetMs;
SetDate.parse = RealDate.parse;
SetDate.UTC = RealDate.UTC;
SetDate.prototype = RealDate.prototype;
Object.defineProperty(globalThis, 'Date', { value: SetDate, configurable: true, writable: true });

/** What the process is told. */
export interface ChaosOrder {
  readonly offsetMs?: number;
  /** Raise nothing more, deliver what there is, and end. */
  readonly finish?: boolean;
}

/** Calls `finish` when that is ordered. The channel alone does not keep the process alive. */
export function obey(finish: () => void): void {
  process.on('message', (order: ChaosOrder) => {
    offsetMs = order.offsetMs ?? offsetMs;
    if (order.finish === true) finish();
  });
  // Orphans end: whoever looked after them is gone.
  process.on('disconnect', () => process.exit(3));
}
