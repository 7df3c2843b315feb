import { observationsOf, sensorDimensions } from '../../model/observation.ts';
import type { Observations } from '../../model/observation.ts';
import { procfsHooks } from '../../sensor/procfs-hooks.ts';

/** What the agent of a scenario sees: `kernel`: what the kernel sensor does, `all-calls`: the same with `--syscalls all`, `procfs`: what polling does. */
export function sightOf(word: string): Observations {
  if (word === 'procfs')
    return observationsOf(procfsHooks('a scenario without'), { allSyscalls: false, engineConnected: true });
  if (word !== 'kernel' && word !== 'all-calls')
    throw new Error(`an agent sees kernel, all-calls or procfs, not "${word}"`);
  const hooks = [{ hook: 'kernel', state: 'attached', reason: '', unseen: '', dimensions: sensorDimensions }] as const;
  return observationsOf(hooks, { allSyscalls: word === 'all-calls', engineConnected: true });
}
