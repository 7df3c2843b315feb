/** One dimension of one workload, as far as the alert budget is concerned. */
export interface BudgetLine {
  /** Decades that its threshold is raised by at present. */
  readonly raised: number;
  /** Most decades that it may be raised by. */
  readonly raisedMax: number;
  /** Expected false alerts a day with the threshold raised by so many decades; never grows with them. */
  expected(raised: number): number;
}

/** Decades by which a threshold is raised or lowered at once. */
export const raiseStep = 0.5;
/** Thresholds are lowered again only while the expectation stays below this share of the budget: no going up and down every slice. */
const lowerBelow = 0.7;

/**
 * By how many decades each threshold is to be raised so that the expected false alerts a day fit the budget (design.md section 5, "Alert
 * budget"). The noisiest lines go up first, a step at a time, and no line goes up where that changes nothing. When there is room, raised
 * ones come down by one step, the one that costs least first. Answers one figure for each line, in their order. Pure; quadratic in the number
 * of lines at worst (some milliseconds for fifty workloads).
 */
export function planBudget(lines: readonly BudgetLine[], budgetPerDay: number): readonly number[] {
  const raised = lines.map(({ raised: now, raisedMax }) => Math.min(now, raisedMax));
  const expected = lines.map((line, index) => line.expected(raised[index] ?? 0));
  let total = expected.reduce((sum, one) => sum + one, 0);
  const set = (index: number, decades: number, perDay: number): void => {
    total += perDay - (expected[index] ?? 0);
    [raised[index], expected[index]] = [decades, perDay];
  };
  if (total > budgetPerDay) {
    const stuck = new Set<number>();
    for (let index = noisiest(expected, stuck); index !== undefined; index = noisiest(expected, stuck)) {
      const next = nextStep(lines[index], raised[index] ?? 0, expected[index] ?? 0);
      if (next === undefined) stuck.add(index);
      else set(index, next.decades, next.perDay);
      if (total <= budgetPerDay) break;
    }
    return raised;
  }
  const lower = raised.flatMap((decades, index) => {
    if (decades === 0) return [];
    const to = Math.max(0, decades - raiseStep);
    const perDay = lines[index]?.expected(to) ?? 0;
    return [{ index, to, perDay, costs: perDay - (expected[index] ?? 0) }];
  });
  for (const { index, to, perDay, costs } of lower.toSorted((a, b) => a.costs - b.costs))
    if (total + costs <= budgetPerDay * lowerBelow) set(index, to, perDay);
  return raised;
}

/** The least raise that lowers the expectation; steps that change nothing are skipped, undefined when all do. */
function nextStep(
  line: BudgetLine | undefined,
  raised: number,
  expected: number,
): { readonly decades: number; readonly perDay: number } | undefined {
  if (line === undefined || expected === 0) return undefined;
  for (let decades = raised + raiseStep; decades <= line.raisedMax; decades += raiseStep) {
    const perDay = line.expected(decades);
    if (perDay < expected) return { decades, perDay };
  }
  return undefined;
}

function noisiest(expected: readonly number[], without: ReadonlySet<number>): number | undefined {
  let best: number | undefined;
  for (const [index, perDay] of expected.entries())
    if (perDay > 0 && !without.has(index) && (best === undefined || perDay > (expected[best] ?? 0))) best = index;
  return best;
}
