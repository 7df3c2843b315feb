import { kubernetesTarget } from './kubernetes-target.ts';
import { configTarget, outboxTarget, profilesTarget, rulesTarget } from './file-targets.ts';
import { firstByteIs, plantedCheck } from './planted.ts';
import { historyTarget } from './history-target.ts';
import { recordingTarget } from './recording-target.ts';
import { peersTarget } from './peers-target.ts';
import { procTarget, recordTarget, ringTarget } from './sensor-targets.ts';
import { routesTarget } from './routes-target.ts';
import { snapshotTarget } from './snapshot-target.ts';
import { starterTarget } from './starter-target.ts';
import type { Target } from './target.ts';
import { engineTarget, factsTarget, inspectionTarget, messageTarget } from './text-targets.ts';

/** Mistakes that are there to be found: what shows that mistakes are. Only tried when they are named. */
export const plantedTargets: readonly Target[] = [
  { name: 'planted-throw', letter: 'T' },
  { name: 'planted-loop', letter: 'L' },
  { name: 'planted-memory', letter: 'M' },
].map(({ name, letter }) => ({
  name,
  covers: (path) => path === 'test/fuzz/planted.ts',
  seeds: () => [new TextEncoder().encode('....')],
  dictionary: 'A E L M N O P R T Y'.split(' '),
  maxBytes: 16,
  check: (bytes) => {
    if (firstByteIs(bytes, letter)) plantedCheck(bytes);
  },
}));

/** What is fuzzed when nothing is named. */
export const ordinaryTargets: readonly Target[] = [
  ...[
    recordTarget,
    ringTarget,
    messageTarget,
    procTarget,
    engineTarget,
    inspectionTarget,
    factsTarget,
    recordingTarget,
    snapshotTarget,
    historyTarget,
    starterTarget,
    kubernetesTarget,
    peersTarget,
    configTarget,
    rulesTarget,
    routesTarget,
    outboxTarget,
    profilesTarget,
  ],
];

export const targets: readonly Target[] = [...ordinaryTargets, ...plantedTargets];
