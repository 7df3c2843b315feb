/** What is known of one kind of burst in one workload. */
export interface BurstRecord {
  /** Half hours that the workload was watched for. */
  readonly halfHours: number;
  /** Alerts that were raised for bursts of the kind, without those that somebody denied. */
  readonly raised: number;
}

const halfHoursOfADay = 48;

/**
 * Share of records that become alerts, on this node so far. A burst that is told is a record: higher than all that the workload did before. Were its
 * half hours exchangeable, the next one after `n` would be a record with probability 1/(n+1) (Chandler 1952, "The distribution and frequency of record
 * values", section 3), so that in `n` half hours there are about ln(n+1) of them. Only some are so many times as high that they are told: that share
 * is counted over all workloads, as one alone says next to nothing. 0 where none was told yet. Pure.
 */
export function toldShare(records: readonly BurstRecord[]): number {
  const raised = records.reduce((sum, one) => sum + one.raised, 0);
  if (raised === 0) return 0;
  const expected = records.reduce((sum, { halfHours }) => sum + Math.log(halfHours + 1), 0);
  return Math.min(1, raised / expected);
}

/** Records that are told of a workload in the coming day: the share of ln((n+1+48)/(n+1)), the older the workload the fewer. Pure. */
export function toldPerDay(share: number, halfHours: number): number {
  return share * Math.log1p(halfHoursOfADay / (halfHours + 1));
}
