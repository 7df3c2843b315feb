import type { Ancestor } from '../../model/event.ts';

/** What an event tells of its process besides its program. */
interface Lineage {
  readonly pid: number;
  readonly execution?: string;
  readonly parentExecution?: string;
  readonly ancestors: readonly Ancestor[];
}

interface Named extends Lineage {
  readonly exe: string;
}

/** Pid of the process that scenarios name `first`: the first of its container. */
export const firstPid = 1;

/** Processes that a scenario names (`process sh1 below first`), so that alerts have a tree. Those without a name stand alone. */
export class NamedProcesses {
  readonly #named: Map<string, Named> = new Map();
  #pid = 100;
  #execution = 1;

  /**
   * The process of an event. `process NAME` gives it a name, or says which one it is; `below NAME` is what started it; `orphan yes`: its
   * parent has ended since, so that it was given to the first process.
   */
  of(container: string, executes: boolean, exe: string, options: ReadonlyMap<string, string>): Lineage {
    const [name, parentName] = [options.get('process'), options.get('below')];
    const known = name === undefined ? undefined : this.#named.get(`${container} ${name}`);
    if (known !== undefined && !executes) return known;
    // What the runtime starts came in from outside, everything else is below the container's first process.
    const root: readonly Ancestor[] = options.get('parent') === 'runtime' ? [] : [{ pid: firstPid, exe: '' }];
    if (name === undefined && parentName === undefined) return { pid: this.#pid++, ancestors: root };
    const parent = parentName === undefined ? undefined : this.#named.get(`${container} ${parentName}`);
    if (parentName !== undefined && parent === undefined)
      throw new Error(`no process ${parentName} in ${container} yet`);
    const up: readonly Ancestor[] =
      parent === undefined ? [] : [{ pid: parent.pid, exe: parent.exe }, ...parent.ancestors];
    const lineage: Lineage = {
      pid: known?.pid ?? (name === 'first' ? firstPid : this.#pid++),
      execution: String(this.#execution++),
      ...(parent?.execution === undefined ? {} : { parentExecution: parent.execution }),
      ancestors: options.get('orphan') === 'yes' ? up.slice(-1) : up,
    };
    if (name !== undefined) this.#named.set(`${container} ${name}`, { ...lineage, exe });
    return lineage;
  }
}
