/** A program of an image: a regular file on the usual search path that may be executed. */
export interface ImageProgram {
  readonly path: string;
  readonly sizeBytes: number;
  /** The package that it came with; absent: of none, or that is not known. */
  readonly package?: string;
}

/** A package of an image that has programs. */
export interface ImagePackage {
  readonly name: string;
  /** What it takes when it is installed. */
  readonly sizeBytes: number;
}

/**
 * How the containers of a workload are made, as far as exports and advice ask for it. Absent is not known: never the same as off. An agent reads it of what
 * runs, and `factsOf` of what Docker's API answers.
 */
export interface ContainerFacts {
  readonly name?: string;
  /** `Config.User`, or the uid of the first process; empty: the image names none, which is root. */
  readonly user?: string;
  readonly privileged?: boolean;
  /** What it may do, in the words of the kernel's header (`net_bind_service`). */
  readonly capabilities?: readonly string[];
  readonly readOnlyRoot?: boolean;
  /** Where something is mounted that may be written: volumes, binds, tmpfs. */
  readonly writableMounts?: readonly string[];
  /** Ports that it publishes or exposes, `80/tcp`. */
  readonly ports?: readonly string[];
  /** `host`, `none`, `bridge`, or the name of a network. */
  readonly networkMode?: string;
  /** Programs of the image. */
  readonly programs?: readonly ImageProgram[];
  /** Packages that these came with. */
  readonly packages?: readonly ImagePackage[];
}

const isRootUser = (user: string): boolean => /^(?:0|root)?(?::|$)/u.test(user);

/**
 * What holds for all containers of a workload where they are made differently: the most that any of them may do, so that what is unused is unused by all;
 * and of writable mounts and programs what all have. A field that is unknown of one is unknown. Pure.
 */
export function mergedFacts(all: readonly ContainerFacts[]): ContainerFacts | undefined {
  const [first, ...rest] = all;
  if (first === undefined) return undefined;
  return rest.reduce((one, other) => {
    const user = both(one.user, other.user, (a, b) => (isRootUser(a) ? a : isRootUser(b) ? b : a));
    const privileged = both(one.privileged, other.privileged, (a, b) => a || b);
    const capabilities = both(one.capabilities, other.capabilities, union);
    const readOnlyRoot = both(one.readOnlyRoot, other.readOnlyRoot, (a, b) => a && b);
    const writableMounts = both(one.writableMounts, other.writableMounts, (a, b) =>
      a.filter((path) => b.includes(path)),
    );
    const ports = both(one.ports, other.ports, union);
    const networkMode = both(one.networkMode, other.networkMode, (a, b) => (b === 'host' || a === 'none' ? b : a));
    const programs = both(one.programs, other.programs, (a, b) => {
      if (a === b) return a;
      const paths = new Set(b.map(({ path }) => path));
      return a.filter(({ path }) => paths.has(path));
    });
    const packages = both(one.packages, other.packages, (a, b) => {
      if (a === b) return a;
      const names = new Set(b.map(({ name }) => name));
      return a.filter(({ name }) => names.has(name));
    });
    return {
      ...(user === undefined ? {} : { user }),
      ...(privileged === undefined ? {} : { privileged }),
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(readOnlyRoot === undefined ? {} : { readOnlyRoot }),
      ...(writableMounts === undefined ? {} : { writableMounts }),
      ...(ports === undefined ? {} : { ports }),
      ...(networkMode === undefined ? {} : { networkMode }),
      ...(programs === undefined ? {} : { programs }),
      ...(packages === undefined ? {} : { packages }),
    };
  }, first);
}

function both<Value>(
  one: Value | undefined,
  other: Value | undefined,
  merge: (one: Value, other: Value) => Value,
): Value | undefined {
  return one === undefined || other === undefined ? undefined : merge(one, other);
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])].toSorted();
}
