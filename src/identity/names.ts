/** Addresses of one container that have names; the oldest makes room. */
const addressesMax = 4096;
/** Containers with names; the one that was answered longest ago makes room. */
const containersMax = 4096;

/**
 * Which names the addresses of a container were given for. A container that may ask anybody could be told anything: whoever adds an
 * answer has made sure that the container is known to ask this resolver. Bounded; what made room is an address again, no name.
 */
export class Names {
  readonly #containers: Map<string, Map<string, string>> = new Map();

  /** An answer: these addresses stand for `name` from now on, for this container. */
  add(containerId: string, name: string, addresses: readonly string[]): void {
    const names = this.#containers.get(containerId) ?? new Map<string, string>();
    this.#containers.delete(containerId);
    this.#containers.set(containerId, names);
    if (this.#containers.size > containersMax) dropFirst(this.#containers);
    for (const address of addresses) {
      names.delete(address);
      names.set(address, name);
      if (names.size > addressesMax) dropFirst(names);
    }
  }

  /** The name that the container was given this address for last. */
  of(containerId: string, address: string): string | undefined {
    return this.#containers.get(containerId)?.get(address);
  }

  forget(containerId: string): void {
    this.#containers.delete(containerId);
  }
}

function dropFirst(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
