import { expect, test } from 'vitest';
import { absentOf, noSuchTracepoint } from './absent-tracepoints.ts';

test('tracepoints are looked up by their whole names in what the kernel says of its types', () => {
  const types = Buffer.from(
    '\0btf_trace_cap_capable_more\0btf_trace_sched_process_exec\0__bpf_trace_signal_generate\0',
  );
  const programs = [
    { name: 'on_capability', section: 'tp_btf/cap_capable' },
    { name: 'on_exec', section: 'tp_btf/sched_process_exec' },
    { name: 'on_signal', section: 'tp_btf/signal_generate' },
    { name: 'on_connect4', section: 'cgroup/connect4' },
  ];
  expect([...absentOf(programs, types)]).toEqual([
    ['on_capability', noSuchTracepoint],
    ['on_signal', noSuchTracepoint],
  ]);
  expect(absentOf(programs, undefined).size).toBe(0);
});
