/** How much of a container one snapshot takes; what is beyond is counted in its gaps. */
export interface SnapshotLimits {
  readonly processes: number;
  /** Open files of one process, and of all together. */
  readonly descriptors: number;
  readonly descriptorsTotal: number;
  readonly argumentBytes: number;
  readonly environmentBytes: number;
  readonly environmentNames: number;
  /** Of one process's maps, and of one table of sockets. */
  readonly tableBytes: number;
  /** Network and mount namespaces, each. */
  readonly namespaces: number;
  readonly mounts: number;
  readonly sockets: number;
  readonly libraries: number;
  readonly executables: number;
  /** Of executables, read to be hashed. */
  readonly hashBytes: number;
  /** Of copies of executables: of one, and of all together. */
  readonly copyBytes: number;
  readonly copiesBytes: number;
  readonly changes: number;
  /** From the first look on; what has not begun then is left out. */
  readonly timeMs: number;
}

export const snapshotLimits: SnapshotLimits = {
  processes: 512,
  descriptors: 256,
  descriptorsTotal: 16_384,
  argumentBytes: 16_384,
  environmentBytes: 131_072,
  environmentNames: 512,
  tableBytes: 4 << 20,
  namespaces: 16,
  mounts: 1024,
  sockets: 4096,
  libraries: 2048,
  executables: 128,
  hashBytes: 512 << 20,
  copyBytes: 32 << 20,
  copiesBytes: 64 << 20,
  changes: 10_000,
  timeMs: 15_000,
};
