import { describe, expect, test } from 'vitest';
import { noSuchTracepoint } from '../../src/sensor/absent-tracepoints.ts';
import { type DoctorReport, type GuestReport, judge } from '../guests/report.ts';

const doctor = (ok: boolean, detail: string, ...states: readonly string[]): DoctorReport => ({
  kernel: '6.1.0',
  checks: [{ name: 'kernel sensor', ok, detail }],
  hooks: states.map((state, i) => ({
    hook: `hook-${String(i)}`,
    state,
    reason: state === 'attached' ? '' : 'errno 22',
  })),
});
const tests: GuestReport['tests'] = { passed: 3, failed: 0, skipped: 0, reasons: {}, failures: [] };
const lacking = 'this kernel lacks what the sensor needs: bpf_loop (5.17); Linux 5.17 or newer has it';

describe('a kernel that the sensor is for', () => {
  test('each hook and each test counts', () => {
    const report = { doctor: doctor(true, 'loads', 'attached', 'attached'), tests };
    expect(judge(report, 'sensor')).toMatchObject({ passed: 5, failures: [], hooks: { attached: 2, all: 2 } });
  });

  test('a hook that is missing fails, with its reason, and so does a test', () => {
    const failing = { ...tests, failed: 1, failures: ['a test'] };
    const { passed, failures } = judge({ doctor: doctor(true, '', 'attached', 'missing'), tests: failing }, 'sensor');
    expect(passed).toBe(4);
    expect(failures).toEqual(['hook-1 is missing: errno 22', 'a test']);
  });

  test('a hook that the kernel has no place for is skipped, with its reason', () => {
    const hooks = [{ hook: 'tp_btf/x', state: 'missing', reason: noSuchTracepoint }];
    const report = {
      doctor: { ...doctor(true, '', 'attached'), hooks: [...doctor(true, '', 'attached').hooks, ...hooks] },
      tests,
    };
    const { passed, failures, skipped } = judge(report, 'sensor');
    expect([passed, failures, [...skipped]]).toEqual([4, [], [[`tp_btf/x: ${noSuchTracepoint}`, 1]]]);
  });

  test('a sensor that does not load fails, and one without hooks, and a doctor that says nothing', () => {
    expect(judge({ doctor: doctor(false, lacking), tests }, 'sensor').failures).toEqual([
      `the sensor does not load: ${lacking}`,
    ]);
    expect(judge({ doctor: doctor(true, ''), tests }, 'sensor').failures).toEqual(['no hook is attached']);
    expect(judge({ doctor: { ...doctor(true, ''), checks: [] }, tests }, 'sensor').failures).toHaveLength(1);
  });
});

describe('a kernel that is too old', () => {
  test('a clear reason passes, another one fails', () => {
    expect(judge({ doctor: doctor(false, lacking), tests }, 'polling')).toMatchObject({ passed: 4, failures: [] });
    expect(judge({ doctor: doctor(false, 'errno 22: no log'), tests }, 'polling').failures).toEqual([
      'the reason for having no sensor is not clear: errno 22: no log',
    ]);
  });

  test('it is a failure when the sensor loads after all: then more is to be tested there', () => {
    expect(judge({ doctor: doctor(true, '', 'attached'), tests }, 'polling').failures).toHaveLength(1);
  });
});
