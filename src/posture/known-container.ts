import type { Container } from '../model/container.ts';
import type { PostureOutcome, PostureVerdict } from '../model/posture.ts';
import type { ContainerReading, EngineImage } from './reading.ts';
import type { Kept } from './verdict.ts';

/** What is known of a container that runs. */
export interface Known {
  container: Container;
  /** Not before this, monotonic. */
  dueMs: number;
  /** The engine is to be asked as well. */
  ask: boolean;
  busy: boolean;
  /** Questions in a row that the engine did not answer. */
  failures: number;
  api: ContainerReading['api'];
  image: EngineImage | undefined;
  tagId: string | undefined;
  /** Of its first process, as the engine said last. */
  pid: number;
  /** What it was seen to listen on, of the ports that are published. */
  listening: readonly string[] | undefined;
  execs: { total: number; privileged: number; root: number; missed: number };
  verdict: PostureVerdict | undefined;
  results: ReadonlyMap<string, Kept>;
  /** The last result of each check that was not unknown: what cannot be read for a while is no new beginning. */
  readonly settled: Map<string, PostureOutcome['result']>;
}
