import type { Container } from './container.ts';
import type { Process } from './event.ts';

/** Ancestors that an event names at most: of a chain that is longer it is not known where it begins. */
const ancestorsMax = 8;

/**
 * The process came into the container from outside (`docker exec`, `kubectl exec`, a probe): nothing that the container's first process started.
 * False where the first process is not known. Pure.
 */
export function isOfSession(
  { pid, ancestors }: Pick<Process, 'pid' | 'ancestors'>,
  container: Pick<Container, 'pid'>,
): boolean {
  const first = ancestors.at(-1)?.pid ?? pid;
  return container.pid > 0 && first !== container.pid && ancestors.length < ancestorsMax;
}
