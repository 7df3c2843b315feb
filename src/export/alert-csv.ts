import type { StoredAlert } from '../model/alert.ts';
import type { Cell } from '../lib/csv.ts';

/** Columns of alerts, in their order: new ones are added at the end only (docs/export.md). Lists are joined by spaces. */
export const alertColumns: readonly {
  readonly name: string;
  readonly cell: (alert: StoredAlert) => Cell;
}[] = [
  { name: 'time', cell: ({ time }) => time },
  { name: 'severity', cell: ({ severity }) => severity },
  { name: 'score', cell: ({ score }) => score },
  { name: 'surprise', cell: ({ surprise }) => surprise },
  { name: 'suspicion', cell: ({ suspicion }) => suspicion },
  { name: 'title', cell: ({ title }) => title },
  { name: 'dimension', cell: ({ dimension }) => dimension },
  { name: 'key', cell: ({ key }) => key },
  { name: 'detector', cell: ({ detector }) => detector },
  { name: 'rules', cell: ({ rules }) => rules.join(' ') },
  { name: 'techniques', cell: ({ techniques }) => techniques.join(' ') },
  { name: 'practices', cell: ({ practices }) => practices.join(' ') },
  { name: 'node', cell: ({ node }) => node },
  { name: 'workload', cell: ({ workload }) => workload.name },
  { name: 'workload_id', cell: ({ workload }) => workload.id },
  { name: 'container', cell: ({ container }) => container.name },
  { name: 'container_id', cell: ({ container }) => container.id },
  { name: 'image', cell: ({ container }) => container.image },
  { name: 'digest', cell: ({ container }) => container.digest },
  { name: 'pod', cell: ({ container }) => container.pod },
  { name: 'namespace', cell: ({ container }) => container.namespace },
  { name: 'pid', cell: ({ process }) => process?.pid },
  { name: 'exe', cell: ({ process }) => process?.exe },
  { name: 'args', cell: ({ process }) => process?.args.join(' ') },
  { name: 'uid', cell: ({ process }) => process?.uid },
  { name: 'parent_exe', cell: ({ process }) => process?.ancestors[0]?.exe },
  { name: 'samples', cell: ({ evidence }) => evidence.samples },
  { name: 'coverage', cell: ({ evidence }) => evidence.coverage },
  { name: 'note', cell: ({ evidence }) => evidence.note },
  { name: 'count', cell: ({ count }) => count },
  { name: 'last_time', cell: ({ lastTime }) => lastTime },
  { name: 'incident', cell: ({ incident }) => incident },
  { name: 'verdict', cell: ({ decision }) => decision?.verdict },
  { name: 'verdict_by', cell: ({ decision }) => decision?.by },
  { name: 'id', cell: ({ id }) => id },
  { name: 'seq', cell: ({ seq }) => seq },
  { name: 'stored_at', cell: ({ storedAt }) => storedAt },
];
