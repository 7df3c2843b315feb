import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredAlert } from '../model/alert.ts';
import type { HistoryEntry } from '../model/history.ts';
import { historyKinds } from '../model/history.ts';
import { makeAlert } from '../../test/support/alerts.ts';
import { ocsfProblems } from '../../test/support/ocsf-schema.ts';
import { alertColumns } from './alert-csv.ts';
import { alertToOcsf } from './alert-ocsf.ts';
import { csvLine } from '../lib/csv.ts';
import { alertFormats, historyOcsf } from './formats.ts';
import { historyToOcsf } from './history-ocsf.ts';

const stored = (changes: Partial<StoredAlert> = {}): StoredAlert => ({
  ...makeAlert(7),
  ...{ seq: 7, storedAt: '2026-11-23T02:00:00.100Z', hash: 'a'.repeat(64), previousHash: 'b'.repeat(64) },
  ...changes,
});

/** A reader of RFC 4180, for lines of one record. */
function readCsv(text: string): string[] {
  const cells: string[] = [];
  let rest = text;
  for (;;) {
    const match = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
    if (match === null) throw new Error(`no CSV: ${JSON.stringify(rest)}`);
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    rest = rest.slice(match[0].length);
    if (match[3] !== ',') {
      if (rest !== '') throw new Error('more than one line');
      return cells;
    }
  }
}

describe('CSV', () => {
  test('any text comes back, a formula with its quote', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 6 }), (cells) => {
        const read = readCsv(csvLine(cells));
        const control = /(?![\t\r\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
        const hex = (one: string): string => `\\u{${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;
        const plain = cells.map((cell) => cell.replaceAll(control, hex));
        expect(read).toEqual(plain.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)));
        for (const cell of read) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });

  test('numbers stand as they are, what is absent is empty', () => {
    expect(csvLine([-1.5, undefined, Number.NaN, '-1.5', 'a,b', 'say "x"'])).toBe(`-1.5,,,'-1.5,"a,b","say ""x"""\r\n`);
  });

  test('an alert has a cell for each column, and no argument of an intruder is a formula', () => {
    const process = {
      ...makeAlert(1).process,
      pid: 1,
      exe: '=cmd()',
      args: ['=HYPERLINK("http://x")', 'b'],
      uid: 0,
      cwd: '/',
      ancestors: [],
    };
    const { head, line } = alertFormats('1').csv;
    const cells = readCsv(line(stored({ process })));
    expect(readCsv(head)).toEqual(alertColumns.map(({ name }) => name));
    expect(cells).toHaveLength(alertColumns.length);
    expect(cells[alertColumns.findIndex(({ name }) => name === 'args')]).toBe(`'=HYPERLINK("http://x") b`);
    expect(cells[alertColumns.findIndex(({ name }) => name === 'exe')]).toBe(`'=cmd()`);
  });

  test('the columns are those that are promised', () => {
    expect(alertColumns.map(({ name }) => name).join(',')).toBe(
      'time,severity,score,surprise,suspicion,title,dimension,key,detector,rules,techniques,practices,node,workload,workload_id,container,container_id,image,digest,pod,namespace,pid,exe,args,uid,parent_exe,samples,coverage,note,count,last_time,incident,verdict,verdict_by,id,seq,stored_at',
    );
  });
});

describe('alerts in OCSF', () => {
  test('an alert is a Detection Finding', () => {
    const event = alertToOcsf(stored({ incident: makeAlert(3).id }), '0.1.0');
    expect(ocsfProblems(event)).toEqual([]);
    expect(event).toMatchObject({
      ...{ class_uid: 2004, category_uid: 2, activity_id: 1, type_uid: 200_401, severity_id: 5, status_id: 1 },
      time: Date.parse('2026-11-23T02:00:00.007Z'),
      metadata: {
        version: '1.7.0',
        product: { name: 'Anchorwatch', version: '0.1.0' },
        correlation_uid: makeAlert(3).id,
      },
      finding_info: {
        title: 'nginx started /bin/sh in shop/web',
        attacks: [{ technique: { uid: 'T1059' }, sub_technique: { uid: 'T1059.004' } }],
      },
      evidences: [{ process: { pid: 4711, name: 'sh', cmd_line: 'sh -c id', parent_process: { pid: 4200 } } }],
    });
  });

  test('every kind of alert fits the schema', () => {
    const cases: readonly Partial<StoredAlert>[] = [
      { severity: 'notice', detector: 'release' },
      { dimension: 'file.write', key: 'unlink /var/log/x', severity: 'warning' },
      { dimension: 'net.out', key: '203.0.113.7:443/tcp' },
      { dimension: 'net.out', key: '[2001:db8::1]:443/tcp' },
      { dimension: 'net.out', key: '*.cdn.example.com:443/tcp' },
      { dimension: 'net.listen', key: '4445/tcp' },
      { dimension: 'dns', key: 'example.com TXT' },
      { dimension: 'rate.cpu', key: 'rate.cpu', detector: 'rates', rules: [], techniques: [] },
      { count: 4, lastTime: '2026-11-23T03:00:00.000Z' },
      { decision: { id: makeAlert(9).id, verdict: 'accept', by: 'me', reason: '', time: '2026-11-23T03:00:00.000Z' } },
      { container: { ...makeAlert(1).container, digest: '', namespace: 'shop', pod: 'web-1' } },
    ];
    for (const change of cases) {
      expect([change, ocsfProblems(alertToOcsf(stored(change), '1'))]).toEqual([change, []]);
      const { process: _, ...without } = stored(change);
      expect([change, ocsfProblems(alertToOcsf(without, '1'))]).toEqual([change, []]);
    }
    expect(alertToOcsf(stored(cases[2]), '1')).toMatchObject({
      evidences: [{ dst_endpoint: { ip: '203.0.113.7', port: 443 } }],
    });
    expect(alertToOcsf(stored(cases[8]), '1')).toMatchObject({ type_uid: 200_402, count: 4 });
    expect(alertToOcsf(stored(cases[9]), '1')).toMatchObject({ status_id: 3 });
  });

  test('the check finds what is wrong', () => {
    const event = alertToOcsf(stored(), '1');
    expect(ocsfProblems({ ...event, type_uid: 1 })).toEqual(['type_uid: not class_uid * 100 + activity_id']);
    expect(ocsfProblems({ ...event, finding_info: { uid: 'x' } })).toEqual(['finding_info.title: required']);
    expect(ocsfProblems({ ...event, evidences: [{ name: 'x' }] })).toHaveLength(2);
    expect(ocsfProblems({ ...event, severity_id: 7, time: 5 })).toHaveLength(2);
  });
});

describe('the history', () => {
  const process = {
    ...{ pid: 12, startTimeNs: '99', comm: 'sh', exe: '/bin/sh', args: ['sh', '-c', 'id'], uid: 0, gid: 0, cwd: '/' },
    ancestors: [{ pid: 4, exe: '/usr/sbin/nginx' }],
  };
  const workload = { id: 'w', name: 'shop/web', kind: 'compose' } as const;
  const base = {
    ...{ seq: 1, time: '2026-11-23T02:11:09.123Z', node: 'worker-3', source: 'kernel' as const },
    container: { id: 'c'.repeat(64), name: 'web-1', image: 'nginx:1', workload },
  };
  const place = { seq: 2, time: base.time, node: base.node, container: base.container };
  const entries: readonly HistoryEntry[] = [
    { ...base, kind: 'exec', path: '/bin/sh', origin: 'image', script: '', parentExe: '', fromRuntime: false, process },
    {
      ...base,
      kind: 'exec',
      path: '/bin/x',
      origin: 'memfd',
      script: '/a',
      parentExe: '',
      fromRuntime: true,
      socketStdio: '1.2.3.4:5',
      entered: '/usr/bin/nsenter',
      process: { ...process, ancestors: [] },
    },
    { ...base, kind: 'exit', exitCode: 1, signal: 9, process },
    {
      ...base,
      kind: 'file',
      access: 'read',
      created: false,
      path: '/etc/shadow',
      fileType: 'regular',
      origin: 'image',
      process,
    },
    {
      ...base,
      kind: 'file',
      access: 'write',
      created: true,
      path: '/tmp/x',
      fileType: 'other',
      origin: 'written',
      process,
    },
    { ...base, kind: 'connect', protocol: 'tcp', address: '2001:db8::1', port: 443, name: 'example.com', process },
    { ...base, kind: 'accept', protocol: 'tcp', address: '10.0.0.9', peer: 'private', port: 80, process },
    { ...base, kind: 'listen', protocol: 'udp', address: '0.0.0.0', port: 53, process },
    { ...base, kind: 'dns', name: 'example.com', type: 'TXT', resolver: '10.0.0.1', process },
    { ...base, kind: 'dns-answer', name: 'example.com', addresses: ['192.0.2.1', '2001:db8::1'], resolver: '10.0.0.1' },
    { ...base, kind: 'call', call: 'mount', detail: 'bind', error: 'EPERM', text: '/mnt', process },
    {
      ...base,
      kind: 'change',
      change: 'rename',
      path: '/tmp/b',
      other: '/tmp/a',
      mode: 0,
      special: false,
      error: '',
      process,
    },
    {
      ...base,
      kind: 'change',
      change: 'unlink',
      path: '/tmp/b',
      other: '',
      mode: 0,
      special: false,
      error: 'EACCES',
      process,
    },
    { ...base, kind: 'lifecycle', action: 'exec-create', detail: 'sh' },
    { ...place, kind: 'container', action: 'died', exitCode: 137 },
    {
      seq: 3,
      time: base.time,
      node: base.node,
      kind: 'known',
      workload,
      counts: [{ what: 'exec', key: '/bin/sh', samples: 4 }],
    },
    { ...place, kind: 'rates', spanMs: 60_000, rates: { cpuSeconds: 1 } },
    {
      ...place,
      kind: 'alert',
      alert: makeAlert(1).id,
      incident: makeAlert(1).id,
      severity: 'critical',
      title: 'x',
      dimension: 'exec',
      key: '/bin/sh',
      pid: 12,
    },
    {
      seq: 3,
      time: base.time,
      node: base.node,
      kind: 'loss',
      from: base.time,
      to: base.time,
      hook: 'ring',
      reason: 'full',
      count: 3,
    },
    {
      seq: 1,
      time: base.time,
      node: base.node,
      kind: 'start',
      path: '/bin/x',
      known: true,
      process: { pid: 7, exe: '/bin/x', uid: 0, execution: '9', ancestors: [{ pid: 1, exe: '' }] },
    },
    {
      ...{
        seq: 2,
        time: base.time,
        node: base.node,
        kind: 'end' as const,
        path: '/bin/x',
        durationMs: 2.5,
        exitCode: 1,
        signal: 0,
      },
      process: { pid: 7, exe: '/bin/x', uid: 0, execution: '9', ancestors: [{ pid: 1, exe: '' }] },
    },
  ];

  test('every kind of entry is an event of the schema', () => {
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(historyKinds));
    for (const entry of entries)
      expect([entry.kind, ocsfProblems(historyToOcsf(entry, '1'))]).toEqual([entry.kind, []]);
  });

  test('by their classes and activities', () => {
    const types = entries.map((entry) => `${entry.kind} ${String(historyToOcsf(entry, '1')['type_uid'])}`);
    expect(types).toEqual([
      ...['exec 100701', 'exec 100701', 'exit 100702', 'file 100102', 'file 100101', 'connect 400101', 'accept 400101'],
      ...['listen 400107', 'dns 400301', 'dns-answer 400302', 'call 100304', 'change 100105', 'change 100104'],
      ...['lifecycle 99', 'container 99', 'known 99', 'rates 99', 'alert 200401', 'loss 99'],
      'start 100701',
      'end 100702',
    ]);
    expect(historyToOcsf(entries[12] ?? entries[0]!, '1')).toMatchObject({ status_id: 2, status_detail: 'EACCES' });
  });

  test('and what became of the question to a node is one too', () => {
    const lines = historyOcsf('1');
    const end = JSON.parse(
      lines.end({ node: 'worker-3', outcome: 'silent', reason: 'away' }, 1_795_000_000_000),
    ) as object;
    expect(ocsfProblems({ ...end })).toEqual([]);
    expect(end).toMatchObject({ type_uid: 99, unmapped: { outcome: 'silent', reason: 'away' } });
    for (const entry of entries) expect(lines.entry(entry)).toMatch(/^\{.*\}\n$/);
  });
});
