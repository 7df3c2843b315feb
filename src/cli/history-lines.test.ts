import { expect, test } from 'vitest';
import type { HistoryEntry } from '../model/history.ts';
import { remarks } from './history.ts';
import { csvHeader, csvLine, describeEntry, Story } from './history-lines.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'compose' } as const;
const base = {
  ...{ seq: 7, time: '2026-11-23T02:11:09.123Z', node: 'n' },
  container: { id: 'abc', name: 'web-1', image: 'nginx', workload },
};
const process = {
  ...{ pid: 5, startTimeNs: '1', comm: 'sh', exe: '/bin/sh', args: ['sh', '-c', 'echo "a, b"'], uid: 33, gid: 33 },
  ...{ cwd: '/', execution: '18', parentExecution: '17', ancestors: [] },
};
const exec: HistoryEntry = {
  ...{ ...base, kind: 'exec', source: 'kernel', path: '/bin/sh', origin: 'image', script: '', parentExe: '' },
  ...{ fromRuntime: false, captured: true, process },
};

test('an entry is one line that is safe for a terminal', () => {
  expect(describeEntry(exec)).toBe(
    '2026-11-23T02:11:09.123Z · web-1  exec       /bin/sh  sh -c echo "a, b"  by /bin/sh (pid 5, uid 33)',
  );
  const file = {
    ...base,
    source: 'kernel',
    access: 'write',
    created: true,
    fileType: 'regular',
    origin: 'written',
    process,
  } as const;
  expect(describeEntry({ ...file, kind: 'file', path: '/tmp/\u001b[2Jx\n' })).toContain('made /tmp/\\x1b[2Jx\\n  by');
  const { container: _, ...ofNode } = base;
  const loss = {
    from: '2026-11-23T02:11:00.000Z',
    to: '2026-11-23T02:11:03.200Z',
    hook: 'open',
    reason: 'ring_full',
    count: 17,
  };
  expect(describeEntry({ ...ofNode, kind: 'loss', ...loss })).toBe(
    '2026-11-23T02:11:09.123Z   n  loss       blind for 3.2 s, from 2026-11-23T02:11:00.000Z to 2026-11-23T02:11:03.200Z: 17 could not be told (open, ring_full)',
  );
  const counts = ['a', 'b', 'c', 'd'].map((key, index) => ({ what: 'file.read', key: `/${key}`, samples: index + 1 }));
  expect(describeEntry({ ...ofNode, kind: 'known', workload, counts, omitted: 2 })).toContain(
    'shop/web: file.read /d (4), file.read /c (3), file.read /b (2) and 3 more',
  );
});

test('CSV: as many cells as the header has, quoted, nothing that a spreadsheet would calculate', () => {
  const line = csvLine({ ...exec, container: { ...base.container, name: '=HYPERLINK("x")' } });
  expect(line).toContain(`,"'=HYPERLINK(""x"")",abc,nginx,shop/web,,exec,`);
  expect(line).toContain('"sh -c echo ""a, b"""');
  const cells = line.match(/("([^"]|"")*"|[^,]*)(,|$)/gu)?.filter((cell) => cell !== '') ?? [];
  expect(cells).toHaveLength(csvHeader.split(',').length);
  expect(JSON.parse((cells.at(-1) ?? '').slice(1, -1).replaceAll('""', '"'))).toMatchObject({ kind: 'exec', seq: 7 });
});

test('a story tells what was new, and how much of what is known came between', () => {
  const story = new Story();
  const { captured: _, ...fresh } = exec;
  const exit = { ...base, kind: 'exit', source: 'kernel', exitCode: 0, signal: 0, process } as const;
  const lines = [exec, exit, fresh, exit, exec].flatMap((entry) => story.add(entry));
  expect(
    [...lines, ...story.end()].map((line) =>
      line
        .replace(/2026\S+/u, '')
        .trim()
        .slice(0, 40),
    ),
  ).toEqual([
    '· known behaviour, 2 entries',
    'web-1  exec       /bin/sh  sh -c echo "a',
    'web-1  exit       status 0  by /bin/sh (',
    '· known behaviour, 1 entry',
  ]);
});

test('a node that told something has a history, also where its answer was ended by the end of the page', () => {
  const page = { nodes: [{ node: 'n', outcome: 'answered' }], blind: [] };
  expect(remarks({ ...page, items: [exec] }, 0)).toEqual([]);
  expect(remarks({ ...page, items: [] }, 0)).toEqual(['n: has no history yet']);
});
