import { effectiveRules } from '../../src/agent/rule-check.ts';
import { replayRecording } from '../../src/agent/replay.ts';
import type { ReplayOptions, ReplaySummary } from '../../src/agent/replay.ts';
import type { Alert } from '../../src/model/alert.ts';

/** The recording as an agent with the shipped rules would have judged it. */
export async function replayed(
  path: string,
  options: Partial<ReplayOptions> = {},
): Promise<{ readonly alerts: readonly Alert[]; readonly summary: ReplaySummary }> {
  const alerts: Alert[] = [];
  const summary = await replayRecording(path, {
    rules: effectiveRules([]),
    judging: { alertBudget: 1 },
    onAlert: (alert) => alerts.push(alert),
    ...options,
  });
  return { alerts, summary };
}

/** An alert as the text beside a recording has it. */
export function expectedLine({ severity, dimension, key, container, rules }: Alert): string {
  return `${severity} ${dimension} ${key} in ${container.name} [${rules.join(' ')}]`;
}
