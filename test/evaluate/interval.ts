/**
 * Exact 95 % interval of the mean of a Poisson variable that was seen as `count` (Garwood 1936, "Fiducial limits for the Poisson distribution",
 * Biometrika 28:437): the means at which as few, or as many, would be seen with a chance of 2.5 %.
 */
export function poissonInterval(count: number): readonly [number, number] {
  const tail = 0.025;
  const low = count === 0 ? 0 : bisect((mean) => 1 - atMost(count - 1, mean) - tail, count + 1);
  const high = bisect((mean) => tail - atMost(count, mean), 10 + 3 * count + 10 * Math.sqrt(count));
  return [low, high];
}

/** Wilson's 95 % interval of a share (Wilson 1927, "Probable inference", JASA 22:209, with z = 1.96); [0, 1] of nothing. */
export function wilsonInterval(part: number, whole: number): readonly [number, number] {
  if (whole === 0) return [0, 1];
  const z = 1.96;
  const share = part / whole;
  const centre = share + z ** 2 / (2 * whole);
  const spread = z * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2));
  const scale = 1 + z ** 2 / whole;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

/** Chance that a Poisson variable of this mean is at most `count`. */
function atMost(count: number, mean: number): number {
  let [term, sum] = [Math.exp(-mean), 0];
  for (let k = 0; k <= count; k++) {
    sum += term;
    term *= mean / (k + 1);
  }
  return Math.min(1, sum);
}

/** Where a growing function between 0 and `high` passes zero. */
function bisect(grows: (x: number) => number, high: number): number {
  let [from, to] = [0, high];
  for (let i = 0; i < 80; i++) {
    const middle = (from + to) / 2;
    if (grows(middle) < 0) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}
