import type { Alert } from '../model/alert.ts';
import { escapeForTerminal } from './terminal.ts';

function lineage(alert: Alert): string {
  const { process: by } = alert;
  if (by === undefined) return '';
  const chain = [...by.ancestors.toReversed().map(({ exe }) => exe || '?'), by.exe || '?'];
  return `by ${chain.join(' > ')} (pid ${String(by.pid)}, uid ${String(by.uid)})`;
}

/** An alert for people: what happened, and below it where, by whom and on what evidence. Every text in it is escaped. */
export function describeAlert(alert: Alert): string[] {
  const often = alert.count > 1 ? ` (${String(alert.count)} times, last ${alert.lastTime})` : '';
  const techniques = alert.techniques.length > 0 ? `  ${alert.techniques.join(' ')}` : '';
  const score = `score ${alert.score.toFixed(1)} = surprise ${alert.surprise.toFixed(1)} + suspicion ${alert.suspicion.toFixed(1)}`;
  const details = [
    `${alert.dimension} ${alert.key}`,
    `in ${alert.container.name} (${alert.workload.name}) on ${alert.node}`,
    lineage(alert),
    `${score}; ${alert.evidence.note}${techniques}`,
  ];
  const first = `${alert.time}  ${alert.severity.toUpperCase().padEnd(8)}  ${alert.title}${often}`;
  return [first, ...details.filter((text) => text !== '').map((text) => `    ${text}`)].map(escapeForTerminal);
}
