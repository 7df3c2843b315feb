import { cgroupOf } from '../identity/cgroup.ts';
import { cgroupPlace } from '../identity/containers.ts';
import type { Containers } from '../identity/containers.ts';
import { errorText } from '../lib/errors.ts';
import type { Container } from '../model/container.ts';
import { cgroupContents } from '../sensor/processes.ts';
import { parseChanges } from '../snapshot/changes.ts';
import { Gaps } from '../snapshot/gaps.ts';
import { maskInspection } from '../snapshot/inspection.ts';
import { snapshotLimits } from '../snapshot/limits.ts';
import type { SnapshotSource } from '../snapshot/snapshots.ts';
import type { EngineView } from '../snapshot/take.ts';

/** Both questions are asked at once; the engine may have to mount a file system and walk through it. */
const inspectionMs = 3_000;
const changesMs = 8_000;
/** Some 40,000 changed files. */
const changesBytes = 4 << 20;
/** As many characters of an id as people write. */
const shortIdLength = 12;

/** What snapshots need of containers: which there are, their processes, and what the engine says of them, masked. */
export function snapshotSource(containers: Pick<Containers, 'running' | 'inspection' | 'changes'>): SnapshotSource {
  return {
    container: (idOrName) => findContainer(containers.running(), idOrName),
    pids(container, first) {
      const { id, cgroupId } = container;
      // Of one that was just announced by its cgroup, the first process is not known yet; a process of an alert is.
      const place = [container.pid, ...first]
        .filter((pid) => pid > 0)
        .map((pid) => (pid === container.pid ? cgroupPlace(container) : cgroupOf(pid, id)))
        .find((found) => found !== undefined && (cgroupId === undefined || found.id === cgroupId));
      return place === undefined ? [] : cgroupContents(place.directory).pids;
    },
    async engineView(id): Promise<EngineView> {
      const gaps = new Gaps();
      const missing = (what: string, error: unknown): undefined => {
        const gone = error instanceof Error && 'statusCode' in error && error.statusCode === 404;
        gaps.add(what, gone ? 'gone' : 'unavailable', errorText(error));
      };
      const [inspection, changes] = await Promise.all([
        containers.inspection(id, inspectionMs).then(maskInspection, (error: unknown) => missing('inspect', error)),
        containers.changes(id, changesBytes, changesMs).then(
          ({ text, cut }) => {
            const parsed = parseChanges(text, snapshotLimits.changes);
            if (cut || parsed.cut) gaps.add('changes', 'limit', 'there are more');
            return parsed.changes;
          },
          (error: unknown) => missing('changes', error),
        ),
      ]);
      return {
        ...(inspection === undefined ? {} : { inspection }),
        ...(changes === undefined ? {} : { changes }),
        gaps: gaps.list(),
      };
    },
  };
}

/** By id, 12 characters of it or more, or name. Pure. */
function findContainer(running: readonly Container[], idOrName: string): Container | undefined {
  const isShort = idOrName.length >= shortIdLength;
  return (
    running.find(({ id }) => id === idOrName || (isShort && id.startsWith(idOrName))) ??
    running.find(({ name }) => name === idOrName)
  );
}
