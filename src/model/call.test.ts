import { describe, expect, test } from 'vitest';
import { callDetail, callDimension, rareCalls } from './call.ts';

describe('rare calls', () => {
  test('each is there once, and its detail is one argument under a mask of 32 bits', () => {
    expect(new Set(rareCalls.map(({ name }) => name)).size).toBe(rareCalls.length);
    for (const { name, detail, text } of rareCalls) {
      expect(['capability', 'kernel', 'privilege', 'syscall']).toContain(callDimension(name));
      for (const argument of [detail?.argument ?? 0, text ?? 0]) expect([0, 1, 2, 3, 4]).toContain(argument);
      expect(detail === undefined || (detail.mask > 0 && detail.mask <= 0xffffffff)).toBe(true);
    }
  });

  test('what an argument means', () => {
    expect(callDetail('unshare', 0x10020000)).toBe('mount,user');
    expect(callDetail('unshare', 0)).toBe('');
    expect(callDetail('setns', 0x80)).toBe('time');
    expect(callDetail('ptrace', 16)).toBe('attach');
    expect(callDetail('ptrace', 77)).toBe('77');
    expect(callDetail('setuid', 0)).toBe('root');
    expect(callDetail('setresuid', 0xffffffff)).toBe('unchanged');
    expect(callDetail('setuid', 1000)).toBe('other');
    expect(callDetail('socket', 17)).toBe('packet');
    expect(callDetail('capability', 13)).toBe('net_raw');
    expect(callDetail('capability', 40)).toBe('checkpoint_restore');
    expect(callDetail('capability', 63)).toBe('63');
    expect(callDetail('kill', 9 | (1 << 8))).toBe('SIGKILL outside');
    expect(callDetail('kill', 34 | (2 << 8))).toBe('signal-34 unrelated');
    expect(callDetail('mmap', 3)).toBe('writable-executable');
    expect(callDetail('io_uring', 18)).toBe('openat');
    expect(callDetail('mprotect', 4)).toBe('executable');
    expect(callDetail('dup2', 2)).toBe('socket');
    expect(callDetail('reboot', 5)).toBe('');
    expect(callDetail('no-such-call', 5)).toBe('');
  });
});
