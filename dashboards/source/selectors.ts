/** Of one cluster, or of none. */
export const ofCluster: string = 'cluster=~"$cluster"';
/** Of the collectors that are chosen. */
export const ofCollector: string = `${ofCluster},instance=~"$instance"`;
/** Of the nodes that are chosen. */
export const ofNode: string = `${ofCluster},node=~"$node"`;
/** Of the workloads that are chosen, within the namespaces that are. */
export const ofWorkload: string = `${ofCluster},workload=~"$workload",workload=~"($namespace)(/.*)?"`;
/** What AnchorwatchEventsLost counts too: not what is told shortened, and not what has a rule of its own. */
export const lostEvents: string = 'hook!~"alert|outbox|profile|rules",reason!~"path_too_long|known_full"';

/** Quantile of a histogram, over what was seen since the last but some points of the graph. */
export function quantile(share: number, metric: string, selector: string, by = ''): string {
  const labels = by === '' ? 'le' : `le, ${by}`;
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${metric}_bucket{${selector}}[$__rate_interval])))`;
}
