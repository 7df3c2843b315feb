/** An event of the engine's stream (Docker Engine API, `GET /events`), as far as it is used. */
export interface EngineEvent {
  readonly action: string;
  readonly containerId: string;
  readonly exitCode: number | undefined;
  /** Of what is executed in a container: `exec_create` and the like. */
  readonly execId?: string;
  /** Nanoseconds since the epoch, decimal. */
  readonly timeNano: string;
}

const lineMaxBytes = 1 << 20;

/**
 * Cuts the engine's stream into events. Chunks may end anywhere; lines that are no container event are skipped, torn or senseless ones
 * counted. A line of more than 1 MiB is dropped and counted.
 */
export class EngineEvents {
  #rest = '';
  /** Lines that could not be read. */
  broken = 0;

  /** Adds a chunk and answers the events that are whole now. */
  add(chunk: string): readonly EngineEvent[] {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > lineMaxBytes) {
      this.#rest = '';
      this.broken++;
    }
    return lines.flatMap((line) => {
      if (line.trim() === '') return [];
      const event = parse(line);
      if (event === 'broken') this.broken++;
      return typeof event === 'object' ? [event] : [];
    });
  }
}

function parse(line: string): EngineEvent | 'broken' | 'other' {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return 'broken';
  }
  const event = fields(json);
  if (event['Type'] !== 'container') return event['Type'] === undefined ? 'broken' : 'other';
  const actor = fields(event['Actor']);
  const { ID: id } = actor as { ID?: unknown };
  const action = event['Action'];
  if (typeof id !== 'string' || typeof action !== 'string') return 'broken';
  const { exitCode: exit, execID: exec } = fields(actor['Attributes']) as { exitCode?: unknown; execID?: unknown };
  // timeNano has more digits than a number holds: it is taken from the text.
  const timeNano = /"timeNano":\s*(\d{1,20})(?!\d)/.exec(line)?.[1] ?? '0';
  // A label of that name stands in its place (moby: daemon/events.go, copyAttributes).
  const exitCode = typeof exit === 'string' && /^\d{1,10}$/.test(exit) ? Number(exit) : undefined;
  const execId = typeof exec === 'string' && /^[\da-f]{64}$/.test(exec) ? { execId: exec } : {};
  return { action, containerId: id, timeNano, exitCode, ...execId };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
