/** Which of two hooks tells of the same thing. The cheaper one is taken where the kernel has it and it sees as much. */
export interface Tiers {
  /** TCP connections by the cgroup hooks of connect(2), listening sockets when listen(2) returns; else both by changes of a socket's state. */
  readonly tcpByCgroup: boolean;
  /** Raw and packet sockets where the kernel asks for the capability that they need, those of odd families where they are bound; else both when socket(2) returns. */
  readonly rawByCapability: boolean;
}

export interface TierGround {
  /** As `os.release` has it. */
  readonly release: string;
  /** Programs that this kernel refused, or that are not wanted. */
  readonly lacking: ReadonlySet<string>;
  /** Names of the programs of cgroup hooks for connect(2) that the node has already. */
  readonly connectPrograms: readonly string[];
  /** Strict mode sees 32-bit calls, too, which the hook at the end of listen(2) misses. */
  readonly strict: boolean;
  /** Sockets are told when they are made, whatever it costs. */
  readonly everySocket: boolean;
}

/** Hooks of cgroups have the lineage of a task from here on (CGROUP_LINEAGE of agents/sensor/lib/maps.h). */
const lineageFrom = [6, 16] as const;
/** What tells of TCP together, in place of `on_sock_state`. */
export const tcpPrograms: readonly string[] = ['on_connect4', 'on_connect6', 'on_exit_listen'];

/** Pure. */
export function tiersOf({ release, lacking, connectPrograms, strict, everySocket }: TierGround): Tiers {
  const [major = 0, minor = 0] = release.split(/[.-]/).map(Number);
  const lineage = major > lineageFrom[0] || (major === lineageFrom[0] && minor >= lineageFrom[1]);
  return {
    tcpByCgroup:
      lineage &&
      !strict &&
      tcpPrograms.every((name) => !lacking.has(name)) &&
      // Another program may send connections elsewhere (Cilium's Services): where they really go only the socket knows then.
      connectPrograms.every((name) => tcpPrograms.includes(name)),
    rawByCapability: !everySocket && !lacking.has('on_capability'),
  };
}
