import { writeFileSync } from 'node:fs';

/**
 * A vitest reporter that writes what test/run.mjs prints at the end, as JSON, into the file that ANCHORWATCH_TEST_COUNTS names:
 * `{ passed, failed, skipped, reasons: { reason: count }, failures: [name] }`. A file that cannot be loaded, a failing hook and an
 * error outside any test count as one failure each: vitest reports no failed test for them.
 */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors, outcome) {
    const counts = { passed: 0, failed: 0, skipped: 0, reasons: {}, failures: [] };
    const fail = (name) => {
      counts.failed += 1;
      counts.failures.push(name);
    };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'skipped') {
          counts.skipped += 1;
          const reason = result.note ?? `no reason given (${module.relativeModuleId})`;
          counts.reasons[reason] = (counts.reasons[reason] ?? 0) + 1;
        } else fail(`${module.relativeModuleId} > ${test.fullName}`);
      }
      if (module.errors().length > 0) fail(`${module.relativeModuleId} (cannot be loaded, or a hook failed)`);
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length > 0) fail(`${module.relativeModuleId} > ${suite.fullName} (hook)`);
      }
    }
    for (const error of unhandledErrors) fail(`outside any test: ${error.message}`);
    if (outcome === 'interrupted') fail('the run was interrupted');
    writeFileSync(process.env.ANCHORWATCH_TEST_COUNTS, JSON.stringify(counts));
  }
}
