import { decisionOutcomes } from '../model/decision.ts';
import type { Decision, DecisionOutcome, StoredDecision } from '../model/decision.ts';
import type { Database } from './database.ts';

export interface DecisionSchema {
  decisions: { seq: number; id: string; workload_id: string; alert: string | null; decision: string };
  decision_deliveries: { node: string; seq: number; outcome: string | null };
}

/** Which decisions; undefined members do not filter. */
export interface DecisionFilter {
  /** Workload id. */
  readonly workload?: string | undefined;
  /** Alert id. */
  readonly alert?: string | undefined;
  readonly limit: number;
}

/** What operators decided, in their order, and which nodes have taken it. Never deleted: it is the trail of who changed what. */
export class DecisionTable {
  readonly #database: Database<DecisionSchema>;

  constructor(database: Database<DecisionSchema>) {
    this.#database = database;
  }

  /** Keeps a decision and the nodes that are to take it; durable when it returns. */
  add(decision: Decision, nodes: readonly string[]): StoredDecision {
    const { query } = this.#database;
    this.#database.transaction(() => {
      const last = this.#database.first(query.selectFrom('decisions').select('seq').orderBy('seq', 'desc').limit(1));
      const seq = (last?.seq ?? 0) + 1;
      this.#database.run(
        query.insertInto('decisions').values({
          ...{ seq, id: decision.id, workload_id: decision.workload, alert: decision.alert ?? null },
          decision: JSON.stringify(decision),
        }),
      );
      for (const node of nodes)
        this.#database.run(query.insertInto('decision_deliveries').values({ node, seq, outcome: null }));
    });
    return { ...decision, nodes: nodes.map((node) => ({ node, outcome: 'pending' })) };
  }

  /** The first decision that a node has not taken. */
  next(node: string): Decision | undefined {
    const row = this.#database.first(
      this.#database.query
        .selectFrom('decision_deliveries')
        .innerJoin('decisions', 'decisions.seq', 'decision_deliveries.seq')
        .select('decision')
        .where('node', '=', node)
        .where('outcome', 'is', null)
        .orderBy('decision_deliveries.seq')
        .limit(1),
    );
    return row === undefined ? undefined : (JSON.parse(row.decision) as Decision);
  }

  settle(node: string, id: string, outcome: DecisionOutcome): void {
    const { query } = this.#database;
    const row = this.#database.first(query.selectFrom('decisions').select('seq').where('id', '=', id));
    if (row === undefined) return;
    this.#database.run(
      query.updateTable('decision_deliveries').set({ outcome }).where('node', '=', node).where('seq', '=', row.seq),
    );
  }

  /** A node that will not come back takes nothing any more. */
  forgetNode(node: string): void {
    const { query } = this.#database;
    this.#database.run(query.deleteFrom('decision_deliveries').where('node', '=', node).where('outcome', 'is', null));
  }

  /** The latest first. */
  list({ workload, alert, limit }: DecisionFilter): readonly StoredDecision[] {
    let query = this.#database.query.selectFrom('decisions').select(['seq', 'decision']).orderBy('seq', 'desc');
    if (workload !== undefined) query = query.where('workload_id', '=', workload);
    if (alert !== undefined) query = query.where('alert', '=', alert);
    return this.#database.all(query.limit(limit)).map((row) => this.#stored(row));
  }

  get(id: string): StoredDecision | undefined {
    const { query } = this.#database;
    const row = this.#database.first(query.selectFrom('decisions').select(['seq', 'decision']).where('id', '=', id));
    return row === undefined ? undefined : this.#stored(row);
  }

  /** The last decision about each of these alerts that there is one about, by alert id. */
  ofAlerts(alerts: readonly string[]): ReadonlyMap<string, Decision> {
    if (alerts.length === 0) return new Map();
    const rows = this.#database.all(
      this.#database.query
        .selectFrom('decisions')
        .select(['alert', 'decision'])
        .where('alert', 'in', alerts)
        .orderBy('seq'),
    );
    return new Map(rows.map((row) => [row.alert ?? '', JSON.parse(row.decision) as Decision]));
  }

  #stored({ seq, decision }: { readonly seq: number; readonly decision: string }): StoredDecision {
    const { query } = this.#database;
    const rows = this.#database.all(
      query.selectFrom('decision_deliveries').select(['node', 'outcome']).where('seq', '=', seq).orderBy('node'),
    );
    return {
      ...(JSON.parse(decision) as Decision),
      nodes: rows.map(({ node, outcome }) => ({
        node,
        outcome: decisionOutcomes.find((one) => one === outcome) ?? 'pending',
      })),
    };
  }
}
