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
