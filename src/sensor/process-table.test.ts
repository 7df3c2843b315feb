import { expect, onTestFinished, test } from 'vitest';
import { makeProcTree } from '../../test/support/proc-tree.ts';
import type { ProcTree, TreeProcess } from '../../test/support/proc-tree.ts';
import { ProcessTable } from './process-table.ts';
import type { Scan } from './process-table.ts';

interface Container {
  readonly tree: ProcTree;
  readonly table: ProcessTable;
  readonly look: (processes: readonly TreeProcess[], nowMs?: number, listed?: readonly number[]) => Scan;
}

function container(adopted = false): Container {
  const tree = makeProcTree();
  onTestFinished(() => tree.remove());
  const table = new ProcessTable({ proc: tree.proc, startedAtMs: 0, adopted });
  return {
    tree,
    table,
    look: (processes, nowMs = 0, listed = processes.map(({ pid }) => pid)) => {
      tree.set(processes, [], listed);
      return table.scan(listed, nowMs);
    },
  };
}

/** `parent > program arguments` */
const told = ({ found }: Scan): readonly string[] =>
  found.map(({ parentExe, process }) =>
    `${parentExe || 'runtime'} > ${process.exe} ${process.args.slice(1).join(' ')}`.trim(),
  );

const nginx: TreeProcess = { pid: 10, exe: '/usr/sbin/nginx' };
const worker: TreeProcess = { pid: 11, exe: '/usr/sbin/nginx', parentPid: 10, layout: 10 };
const shell: TreeProcess = { pid: 12, exe: '/bin/sh', parentPid: 11, args: ['sh', '-c', 'id'] };

test('an execution is told once, however often it is looked at and however many forks came of it', () => {
  const { table, look } = container();
  expect(told(look([nginx, worker]))).toEqual(['runtime > /usr/sbin/nginx']);
  expect(told(look([nginx, worker]))).toEqual([]);
  expect(told(look([nginx, worker, { ...worker, pid: 13 }]))).toEqual([]);
  expect(table.processes().map(({ pid }) => pid)).toEqual([10, 11, 13]);
  expect(table.programs()).toHaveLength(1);
});

test('what a process starts is told with its lineage, whatever the order of the list', () => {
  const { look } = container();
  const scan = look([shell, worker, nginx]);
  expect(told(scan)).toEqual(['runtime > /usr/sbin/nginx', '/usr/sbin/nginx > /bin/sh -c id']);
  expect(scan.found[1]?.process.ancestors).toEqual([
    { pid: 11, exe: '/usr/sbin/nginx' },
    { pid: 10, exe: '/usr/sbin/nginx' },
  ]);
});

test('a process that executes again is told again: another file, or the same one', () => {
  const { look } = container();
  look([nginx, worker, shell]);
  expect(told(look([nginx, worker, { ...shell, exe: '/bin/nc', args: ['nc', 'x'], layout: 77 }]))).toEqual([
    '/bin/sh > /bin/nc x',
  ]);
  expect(told(look([nginx, worker, { ...shell, exe: '/bin/nc', args: ['nc', 'y'], layout: 78 }]))).toEqual([
    '/bin/nc > /bin/nc y',
  ]);
});

test('a fork that was seen before it executed is told with the program that it was a fork of', () => {
  const { look } = container();
  expect(told(look([nginx, { ...worker, pid: 12 }]))).toEqual(['runtime > /usr/sbin/nginx']);
  expect(told(look([nginx, { ...shell, parentPid: 10 }]))).toEqual(['/usr/sbin/nginx > /bin/sh -c id']);
});

test('a process that gives itself another name or other arguments has executed nothing', () => {
  const { look } = container();
  look([nginx]);
  expect(told(look([{ ...nginx, comm: 'nginx: master', args: ['nginx: master process'] }]))).toEqual([]);
});

test('a pid that another process got is another process', () => {
  const { look } = container();
  look([nginx, shell]);
  expect(told(look([nginx, { ...shell, start: 900, layout: 90 }]))).toEqual(['runtime > /bin/sh -c id']);
});

test('what ended and starts again is told again', () => {
  const { look, table } = container();
  look([nginx, shell]);
  look([nginx]);
  expect(table.programs()).toHaveLength(1);
  expect(told(look([nginx, { ...shell, pid: 14, parentPid: 10, layout: 14 }]))).toEqual([
    '/usr/sbin/nginx > /bin/sh -c id',
  ]);
});

test('the runtime on its way in is told as what it becomes; who only looks like it is told after a while', () => {
  const { look } = container();
  const runtime: TreeProcess = {
    pid: 10,
    exe: '/memfd:runc_cloned:/proc/self/exe (deleted)',
    comm: 'runc:[2:INIT]',
    args: ['runc', 'init'],
  };
  expect(told(look([runtime], 0))).toEqual([]);
  expect(told(look([{ ...nginx, layout: 99 }], 1_000))).toEqual(['runtime > /usr/sbin/nginx']);

  const other = container();
  expect(told(other.look([runtime], 0))).toEqual([]);
  expect(told(other.look([runtime], 9_000))).toEqual([]);
  expect(told(other.look([runtime], 10_001))).toEqual(['runtime > /memfd:runc_cloned:/proc/self/exe init']);
  // A process of the container is never the runtime.
  expect(told(other.look([runtime, { ...runtime, pid: 15, parentPid: 10, layout: 15 }], 10_002))).toHaveLength(1);
});

test('who is gone before it is read is counted, a process that was known to its end is not', () => {
  const { look } = container();
  expect(look([nginx], 0, [10, 12]).lost).toEqual({ gone: 1, denied: 0, full: 0 });
  expect(look([], 0, [10]).lost).toEqual({ gone: 0, denied: 0, full: 0 });
  expect(look([{ ...nginx, state: 'Z' }]).found).toEqual([]);
});

test('more processes than are looked at are counted', () => {
  const { look } = container();
  const listed = Array.from({ length: 4_100 }, (_, index) => index + 10);
  expect(look([nginx], 0, listed).lost).toMatchObject({ full: 4 });
});

test('hostile names, arguments and paths are shown safely and cut', () => {
  const { look } = container();
  const args = ['x\n\u001b[2J', '--password=geheim', 'a'.repeat(5_000)];
  const [seen] = look([{ pid: 10, exe: `/tmp/${'d\n/'.repeat(1_000)}x`, comm: 'a) S 1\n', args }]).found;
  expect(seen?.process).toMatchObject({ comm: 'a) S 1\\x0a', exe: expect.stringMatching(/^\/tmp\/d\\x0a\/d/) });
  expect(seen?.process.args[0]).toBe('x\\x0a\\x1b[2J');
  expect(JSON.stringify(seen)).not.toMatch(/geheim|[\u0000-\u001f]/);
  expect(seen?.process.args.join(' ').length).toBeLessThan(1_100);
});

test('of what ran before the agent did, it is not asked where its file is from', () => {
  const before = container(true);
  const [old] = before.look([{ pid: 10, exe: process.execPath, mountinfo: '1 0 8:1 / / rw - tmpfs none rw' }]).found;
  expect(old?.origin).toBe('unknown');
  const fresh = before.look([
    { pid: 10, exe: process.execPath },
    { pid: 11, parentPid: 10, exe: process.execPath, mountinfo: '1 0 8:1 / / rw - tmpfs none rw' },
  ]);
  expect(fresh.found.map(({ origin }) => origin)).toEqual(['tmpfs']);
});
