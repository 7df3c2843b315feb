import { performance } from 'node:perf_hooks';
import { AnchorwatchError, errorText } from '../../src/lib/errors.ts';
import { MixTrack } from '../../src/detect/syscall-mix.ts';
import type { MixJudgement } from '../../src/detect/syscall-mix.ts';
import { SyscallMix } from '../../src/profile/syscall-mix.ts';
import { printFigure } from './figure.ts';
import { readShilTrace, shilFiles } from './shil-data.ts';
import type { AttackedRun, ShilTrace } from './shil-data.ts';

const windowsPerHour = 36_000;
/** Twelve minutes of normal load in windows of 0.1 s are 7,200. */
const windowsMax = 8192;
/** Three strange windows within a second are told; a minute without one ends the episode. */
const hold = { spanWindows: 10, heldWindows: 3, quietWindows: 600 };
/** An attack that is told within a minute after its last command was told at all. */
const graceWindows = 600;

/** What became of one attacked container. */
export interface ShilOutcome {
  readonly container: string;
  /** Share of the windows before the exploit that were alarms. */
  readonly falsePositives: number;
  /** Hours before the exploit. */
  readonly hours: number;
  /** Episodes that began before the exploit. */
  readonly episodes: number;
  /** An alarm between the exploit and the returned command, both included, as the authors of the data count it. */
  readonly detected: boolean;
  /** An episode in the same time. */
  readonly toldInTime: boolean;
  /** An episode from the exploit until a minute after its last command. */
  readonly told: boolean;
}

/** Learns the workload from the normal load of all its containers, then judges each attacked one. Nothing is taken from the attacked runs but what is judged. */
export function evaluateTrace(trace: ShilTrace): readonly ShilOutcome[] {
  // Only a memory that is full asks for it.
  let state = 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const mix = new SyscallMix({ windowsMax, random });
  trace.normal.forEach(({ windows }, sample) => {
    for (const window of windows) mix.learn(window, sample);
  });
  mix.refresh();
  return trace.attacked.map((run) => {
    const track = new MixTrack(hold);
    return outcomeOf(
      run,
      run.windows.map((window) => track.add(mix.score(window))),
    );
  });
}

/** Counts the judgements of the windows of an attacked container. Pure. */
export function outcomeOf(
  { container, exploitAt, returnedAt, endedAt }: Omit<AttackedRun, 'windows'>,
  judged: readonly MixJudgement[],
): ShilOutcome {
  const before = judged.slice(0, exploitAt);
  const during = judged.slice(exploitAt, returnedAt + 1);
  const after = judged.slice(exploitAt, Math.max(returnedAt, endedAt) + 1 + graceWindows);
  const isTold = ({ state }: MixJudgement): boolean => state === 'begins' || state === 'goes-on';
  return {
    container,
    falsePositives: before.filter(({ alarm }) => alarm).length / Math.max(1, before.length),
    hours: before.length / windowsPerHour,
    episodes: before.filter(({ state }) => state === 'begins').length,
    detected: during.some(({ alarm }) => alarm),
    toldInTime: during.some(isTold),
    told: after.some(isTold),
  };
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
const share = (outcomes: readonly ShilOutcome[], of: (outcome: ShilOutcome) => boolean): number =>
  mean(outcomes.map((outcome) => (of(outcome) ? 1 : 0)));
const perHour = (outcomes: readonly ShilOutcome[]): number => {
  const hours = outcomes.reduce((sum, outcome) => sum + outcome.hours, 0);
  return hours === 0 ? 0 : outcomes.reduce((sum, { episodes }) => sum + episodes, 0) / hours;
};

/** What is measured, percent and episodes an hour. */
const metrics: readonly {
  readonly metric: string;
  readonly unit: string;
  readonly of: (outcomes: readonly ShilOutcome[]) => number;
}[] = [
  {
    metric: 'falsePositiveRate',
    unit: 'percent',
    of: (outcomes) => 100 * mean(outcomes.map(({ falsePositives }) => falsePositives)),
  },
  { metric: 'detected', unit: 'percent', of: (outcomes) => 100 * share(outcomes, ({ detected }) => detected) },
  { metric: 'episodesPerContainerHour', unit: 'episodes', of: perHour },
  { metric: 'toldInTime', unit: 'percent', of: (outcomes) => 100 * share(outcomes, ({ toldInTime }) => toldInTime) },
  { metric: 'told', unit: 'percent', of: (outcomes) => 100 * share(outcomes, ({ told }) => told) },
];

/**
 * `npm run evaluate -- shil`: the detector of the system call mix on traces of attacked servers. Prints a line for each file and figures over
 * all attacked containers, their range by file. A file that cannot be used is named, the others are evaluated. Answers the exit status.
 */
export function evaluateShil(folder: string, json: boolean): number {
  const byFile = new Map<string, readonly ShilOutcome[]>();
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  let failed = 0;
  const heads = metrics.map(({ metric }) => metric.padStart(Math.max(metric.length, 6) + 2));
  say(`${'trace'.padEnd(20)}${heads.join('')}`);
  try {
    for (const path of shilFiles(folder)) {
      const startedMs = performance.now();
      try {
        const trace = readShilTrace(path);
        const outcomes = evaluateTrace(trace);
        byFile.set(trace.cve, outcomes);
        const cells = metrics.map(({ of }, at) =>
          of(outcomes)
            .toFixed(2)
            .padStart(heads[at]?.length ?? 0),
        );
        say(`${trace.cve.padEnd(20)}${cells.join('')}  ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
      } catch (error) {
        if (!(error instanceof AnchorwatchError)) throw error;
        failed++;
        say(`${error.code}: ${error.message}`);
      }
    }
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    say(`${error.code}: ${errorText(error)}`);
    return 1;
  }
  const all = [...byFile.values()].flat();
  for (const { metric, unit, of } of all.length === 0 ? [] : metrics) {
    const values = [...byFile.values()].filter(({ length }) => length > 0).map(of);
    const [min, max] = [Math.min(...values), Math.max(...values)];
    printFigure({ name: 'shil', metric, unit, value: of(all), runs: all.length, min, max }, json);
  }
  if (failed > 0) say(`${failed} ${failed === 1 ? 'file' : 'files'} could not be evaluated`);
  return failed > 0 || all.length === 0 ? 1 : 0;
}
