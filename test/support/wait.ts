/** How many times longer than usual everything may take: on an emulated processor. */
const patience = Number(process.env['ANCHORWATCH_TEST_PATIENCE'] ?? 1);

/** Resolves when `check` answers something other than undefined or false; rejects, naming `what`, after `deadlineMs`. */
export async function waitFor<Value>(
  what: string,
  check: () => Value | undefined | false | Promise<Value | undefined | false>,
  deadlineMs = 10_000,
): Promise<Value> {
  const patienceMs = deadlineMs * patience;
  const end = performance.now() + patienceMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`waited ${String(patienceMs)} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
