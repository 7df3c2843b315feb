/** `floor`: no agent, but one system call tracepoint that nothing hits is on. */
export type Side = 'without' | 'floor' | 'with' | `monitor ${string}`;

/** What another monitor takes beside a load. */
interface OtherCost {
  /** CPU time of one operation. */
  readonly micros: number;
  readonly memoryMb: number;
}

/** What was measured of one load, a value each round. */
export class Result {
  readonly agent: number[] = [];
  readonly idle: number[] = [];
  readonly memory: number[] = [];
  readonly lost: number[] = [];
  readonly events: number[] = [];
  readonly alerts: number[] = [];
  readonly #costs: Map<Side, number[]> = new Map();
  readonly #others: Map<string, OtherCost[]> = new Map();

  /** What an operation cost, in µs. */
  costs(side: Side): number[] {
    const costs = this.#costs.get(side) ?? [];
    this.#costs.set(side, costs);
    return costs;
  }

  others(monitor: string): readonly OtherCost[] {
    return this.#others.get(monitor) ?? [];
  }

  other(monitor: string, cost: OtherCost): void {
    this.#others.set(monitor, [...this.others(monitor), cost]);
  }
}
