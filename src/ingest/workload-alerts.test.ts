import { expect, test } from 'vitest';
import { createRegistry } from '../lib/metrics.ts';
import { countedWorkloads, WorkloadAlerts } from './workload-alerts.ts';

const workload = (name: string): { id: string; name: string; kind: 'image' } => ({ id: name, name, kind: 'image' });

async function shown(alerts: WorkloadAlerts, names: readonly string[], text: () => Promise<string>): Promise<string[]> {
  alerts.clear();
  for (const name of names) alerts.set(name);
  return (await text()).split('\n').filter((line) => line.startsWith('anchorwatch_workload_alerts_total{'));
}

test('counts by workload and severity, with zeros for those that had none', async () => {
  const registry = createRegistry();
  const alerts = new WorkloadAlerts(registry);
  alerts.count({ workload: workload('web'), severity: 'critical' });
  alerts.count({ workload: workload('web'), severity: 'critical' });
  alerts.count({ workload: workload('unlisted'), severity: 'warning' });
  const lines = await shown(alerts, ['web', 'db', 'db'], () => registry.metrics());
  expect(lines).toEqual([
    'anchorwatch_workload_alerts_total{workload="web",severity="notice"} 0',
    'anchorwatch_workload_alerts_total{workload="web",severity="warning"} 0',
    'anchorwatch_workload_alerts_total{workload="web",severity="critical"} 2',
    'anchorwatch_workload_alerts_total{workload="db",severity="notice"} 0',
    'anchorwatch_workload_alerts_total{workload="db",severity="warning"} 0',
    'anchorwatch_workload_alerts_total{workload="db",severity="critical"} 0',
  ]);
  expect(await shown(alerts, ['web', 'db', 'db'], () => registry.metrics())).toEqual(lines);
});

test('forgets the workload that was quiet longest when there are too many', async () => {
  const registry = createRegistry();
  const alerts = new WorkloadAlerts(registry);
  alerts.count({ workload: workload('first'), severity: 'warning' });
  alerts.count({ workload: workload('second'), severity: 'warning' });
  for (let index = 3; index <= countedWorkloads; index += 1)
    alerts.count({ workload: workload(`w${String(index)}`), severity: 'warning' });
  alerts.count({ workload: workload('first'), severity: 'warning' });
  alerts.count({ workload: workload('one more'), severity: 'warning' });
  const lines = await shown(alerts, ['first', 'second', 'one more'], () => registry.metrics());
  expect(lines.filter((line) => line.includes('severity="warning"'))).toEqual([
    'anchorwatch_workload_alerts_total{workload="first",severity="warning"} 2',
    'anchorwatch_workload_alerts_total{workload="second",severity="warning"} 0',
    'anchorwatch_workload_alerts_total{workload="one more",severity="warning"} 1',
  ]);
});
