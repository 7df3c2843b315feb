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
    expect(callDetail('unshare', 0x10020000, 'x64')).toBe('mount,user');
    expect(callDetail('unshare', 0, 'x64')).toBe('');
    expect(callDetail('setns', 0x80, 'x64')).toBe('time');
    expect(callDetail('ptrace', 16, 'x64')).toBe('attach');
    expect(callDetail('ptrace', 77, 'x64')).toBe('77');
    expect(callDetail('setuid', 0, 'x64')).toBe('root');
    expect(callDetail('setresuid', 0xffffffff, 'x64')).toBe('unchanged');
    expect(callDetail('setuid', 1000, 'x64')).toBe('other');
    expect(callDetail('socket', 17, 'x64')).toBe('packet');
    expect(callDetail('capability', 13, 'x64')).toBe('net_raw');
    expect(callDetail('capability', 40, 'x64')).toBe('checkpoint_restore');
    expect(callDetail('capability', 63, 'x64')).toBe('63');
    expect(callDetail('kill', 9 | (1 << 8), 'x64')).toBe('SIGKILL outside');
    expect(callDetail('kill', 34 | (2 << 8), 'x64')).toBe('signal-34 unrelated');
    expect(callDetail('mmap', 3, 'x64')).toBe('writable-executable');
    expect(callDetail('io_uring', 18, 'x64')).toBe('openat');
    expect(callDetail('mprotect', 4, 'x64')).toBe('executable');
    expect(callDetail('dup2', 2, 'x64')).toBe('socket');
    expect(callDetail('reboot', 5, 'x64')).toBe('');
    expect(callDetail('no-such-call', 5, 'x64')).toBe('');
  });
});
