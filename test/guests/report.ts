import { noSuchTracepoint } from '../../src/sensor/absent-tracepoints.ts';

/** What `anchorwatch doctor --json` says, as far as it is looked at here. */
export interface DoctorReport {
  readonly kernel: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
  readonly hooks: readonly { readonly hook: string; readonly state: string; readonly reason: string }[];
}

/** What test/count-reporter.mjs writes. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** What a guest hands to the host, as one line of JSON on its second serial port. */
export interface GuestReport {
  readonly doctor: DoctorReport;
  readonly tests: TestCounts;
}

/** How the agent is to see on a kernel: with the sensor and every hook of it, or by polling, having said why. */
export type Expectation = 'sensor' | 'polling';

/** What a guest's report comes to: each hook and each test counts as one. */
export interface Verdict {
  readonly hooks: { readonly attached: number; readonly all: number };
  readonly passed: number;
  readonly failures: readonly string[];
  readonly skipped: ReadonlyMap<string, number>;
}

/** What has to be in the reason that is given for having no sensor. */
const clearReason = /lacks what the sensor needs: .*; Linux 5\.17 or newer has it/;

/** Compares a guest's report with what is expected of its kernel. */
export function judge({ doctor, tests }: GuestReport, expected: Expectation): Verdict {
  const failures: string[] = [];
  const skipped = new Map(Object.entries(tests.reasons));
  const sensor = doctor.checks.find(({ name }) => name === 'kernel sensor');
  const attached = doctor.hooks.filter(({ state }) => state === 'attached');
  let { passed } = tests;
  if (sensor === undefined) failures.push('doctor says nothing of the kernel sensor');
  else if (expected === 'sensor') {
    if (!sensor.ok) failures.push(`the sensor does not load: ${sensor.detail}`);
    passed += attached.length;
    for (const { hook, state, reason } of doctor.hooks) {
      if (state === 'attached') continue;
      if (reason === noSuchTracepoint) skipped.set(`${hook}: ${reason}`, 1);
      else failures.push(`${hook} is ${state}: ${reason}`);
    }
    if (sensor.ok && attached.length === 0) failures.push('no hook is attached');
  } else if (sensor.ok) failures.push('the sensor loads: this kernel is expected to lack what it needs');
  else if (clearReason.test(sensor.detail)) passed += 1;
  else failures.push(`the reason for having no sensor is not clear: ${sensor.detail}`);
  return {
    hooks: { attached: attached.length, all: doctor.hooks.length },
    passed,
    failures: [...failures, ...tests.failures],
    skipped,
  };
}
