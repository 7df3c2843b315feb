import { expect, test } from 'vitest';
import type { Container } from '../model/container.ts';
import type { ExecEvent } from '../model/event.ts';
import { titleOf } from './assemble.ts';

const container = { name: 'web-1', workload: { name: 'shop/web' } } as Container;
const event: ExecEvent = {
  ...{ kind: 'exec', timeMs: 0, cgroupId: '7', source: 'kernel', origin: 'image', script: '', fromRuntime: false },
  ...{ path: '/bin/id', parentExe: '', entered: '/usr/bin/nsenter' },
  process: {
    ...{ pid: 9, startTimeNs: '1', comm: 'id', exe: '/bin/id', args: ['id'], uid: 0, gid: 0, cwd: '/', ancestors: [] },
  },
};

test.for([
  ['by its parent on the node', {}, 'nsenter started'],
  ['by what started it inside', { parentExe: '/bin/sh' }, 'sh started'],
  ['by nobody that is known', { entered: '' }, 'a process of the node started'],
] as const)('a program from outside is told %s', ([, differs, start]) => {
  expect(titleOf({ ...event, ...differs }, container)).toBe(
    `${start} /bin/id, from outside of the container, in shop/web`,
  );
});

test.each([
  ['10.0.0.1:4444/tcp', 'nc made a socket to 10.0.0.1:4444/tcp its standard input or output in shop/web'],
  ['', 'nc made a socket its standard input or output in shop/web'],
])('a socket on standard input, connected to %j', (text, title) => {
  const process = { ...event.process, exe: '/bin/nc' };
  const { timeMs, cgroupId, source } = event;
  const call = {
    timeMs,
    cgroupId,
    source,
    process,
    kind: 'call',
    call: 'dup2',
    detail: 'socket',
    error: '',
    text,
  } as const;
  expect(titleOf(call, container)).toBe(title);
});
