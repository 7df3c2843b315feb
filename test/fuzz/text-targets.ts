import assert from 'node:assert/strict';
import { EngineEvents } from '../../src/identity/engine-events.ts';
import type { EngineEvent } from '../../src/identity/engine-events.ts';
import { inspected } from '../../src/identity/inspection.ts';
import { AnchorwatchError } from '../../src/lib/errors.ts';
import { rareCalls } from '../../src/model/call.ts';
import { fileChanges } from '../../src/model/change.ts';
import type { Event, FileOrigin, Process } from '../../src/model/event.ts';
import { decodeAgentMessage, decodeCollectorMessage, encodeMessage } from '../../src/protocol/message.ts';
import type { AgentMessage, CollectorMessage } from '../../src/protocol/message.ts';
import { origins } from '../../src/sensor/layout.ts';
import { makeAlert, makeReport } from '../support/alerts.ts';
import { checkEvent, checkPath } from '../support/record-checks.ts';
import type { Target } from './target.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => bytesOf(JSON.stringify(value));
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
export const jsonWords: readonly string[] = [
  ...[
    '{}',
    '[]',
    'null',
    'true',
    '""',
    '-1',
    '0',
    '1e999',
    '1e400',
    '9007199254740993',
    '\\u0000',
    '\\ud800',
    '{"a":',
    '[',
  ],
  ...[',', ':', '"', '__proto__', 'constructor', '\ufeff', '0.5'],
];

const agentMessages: readonly AgentMessage[] = [
  { type: 'hello', protocol: 1, node: 'n', agentVersion: '0.1.0' },
  { type: 'batch', seq: 1, alerts: [makeAlert(1)] },
  { type: 'report', report: makeReport() },
  { type: 'response', id: 1, outcome: 'unknown', features: [], omitted: 0 },
];
const collectorMessages: readonly CollectorMessage[] = [
  { type: 'welcome', protocol: 1, collectorVersion: '0.1.0' },
  { type: 'ack', seq: 1, stored: 1, duplicate: 0 },
  { type: 'refuse', code: 'message.invalid', message: 'x', seq: 2 },
  { type: 'request', id: 1, what: 'profile', workload: 'w' },
];

/** Messages between agent and collector, as both sides read them. */
export const messageTarget: Target = {
  name: 'message',
  // The schemas are data: what of them is reached shows in who reads them.
  covers: (path) => path.startsWith('src/protocol/') || path.includes('node_modules/zod/'),
  seeds: () => [...agentMessages, ...collectorMessages].map(json),
  dictionary: [
    ...jsonWords,
    ...[
      '"type":"',
      '"seq":',
      '"report":',
      '"alerts":',
      '"features":',
      '2026-11-23T02:00:00.000Z',
      '01JDAW00000000000000000001',
    ],
  ],
  maxBytes: 4000,
  check: (bytes) => {
    for (const decode of [decodeAgentMessage, decodeCollectorMessage])
      for (const data of [bytes, textOf(bytes)]) {
        let message: AgentMessage | CollectorMessage;
        try {
          message = decode(data);
        } catch (error) {
          assert.ok(error instanceof AnchorwatchError, `thrown: ${String(error)}`);
          assert.ok(['message.syntax', 'message.invalid', 'message.size'].includes(error.code), error.code);
          assert.ok(error.message.length <= 600, `a message of ${error.message.length} characters`);
          continue;
        }
        const text = encodeMessage(message);
        assert.equal(encodeMessage(decode(text)), text, 'a message that is another one when it is sent on');
      }
  },
};

const containerId = '0a'.repeat(32);
const engineLine = (action: string, attributes = {}): string =>
  `${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: containerId, Attributes: attributes }, timeNano: 17 })}\n`;

/** The engine's stream of events: however it is cut into chunks, the events are the same. */
export const engineTarget: Target = {
  name: 'engine-events',
  covers: (path) => path === 'src/identity/engine-events.ts',
  seeds: () => [
    bytesOf(engineLine('start') + engineLine('die', { exitCode: '137' })),
    bytesOf('\n{"Type":"network"}\nx\n'),
  ],
  dictionary: [
    ...jsonWords,
    '\n',
    '"timeNano":',
    '"exitCode":"',
    '"Type":"container"',
    '"Actor":',
    '"ID":',
    '"Action":',
  ],
  maxBytes: 2000,
  check: (bytes) => {
    const text = textOf(bytes);
    const whole = new EngineEvents();
    const events = whole.add(text);
    for (const event of events) checkEngineEvent(event);
    for (const width of [1, 7]) {
      const cut = new EngineEvents();
      const found: EngineEvent[] = [];
      for (let at = 0; at < text.length; at += width) found.push(...cut.add(text.slice(at, at + width)));
      assert.deepEqual(found, events, 'cut otherwise, other events');
      assert.equal(cut.broken, whole.broken, 'cut otherwise, other counts');
    }
  },
};

function checkEngineEvent({ action, containerId: id, timeNano, exitCode }: EngineEvent): void {
  assert.equal(typeof action, 'string');
  assert.equal(typeof id, 'string');
  assert.match(timeNano, /^\d{1,20}$/);
  assert.ok(exitCode === undefined || Number.isInteger(exitCode), `exit code ${exitCode}`);
}

/** What the engine answers about a container: a Container with the types that it promises, or an error with a code. */
export const inspectionTarget: Target = {
  name: 'inspection',
  covers: (path) => /^src\/identity\/(?:inspection|workload)\.ts$/.test(path),
  seeds: () =>
    [{}, { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' }].map((Labels) =>
      json({
        ...{ Id: containerId, Name: '/web-1', Image: 'sha256:00', Created: '2026-11-23T10:00:00.123456789Z' },
        State: { Running: true, Pid: 0, StartedAt: '2026-11-23T10:00:00Z' },
        Config: {
          Image: 'reg:5000/a/nginx:1@sha256:00',
          Labels,
          Healthcheck: { Test: ['CMD-SHELL', 'x'] },
          Shell: null,
        },
        HostConfig: { Privileged: false, NetworkMode: 'host', PidMode: '' },
        Mounts: [{ Type: 'bind', Source: '/srv', Destination: '/data', RW: false }],
      }),
    ),
  dictionary: [
    ...jsonWords,
    ...['"Labels":', '"Mounts":', '"Test":', '"CMD"', '"NONE"', '"Shell":', '"io.kubernetes.pod.name":"a-b7c9d-x2z4q"'],
    ...['"io.kubernetes.pod.namespace":"n"', '"io.kubernetes.container.name":"c"', '"Name":"/brave_turing"'],
  ],
  maxBytes: 2000,
  check: (bytes) => {
    let info: unknown;
    try {
      info = JSON.parse(textOf(bytes));
    } catch {
      return;
    }
    let found: ReturnType<typeof inspected>;
    try {
      found = inspected(withoutPid(info));
    } catch (error) {
      assert.ok(error instanceof AnchorwatchError, `thrown: ${String(error)}`);
      return;
    }
    const { container, running } = found;
    assert.equal(typeof running, 'boolean');
    for (const text of [container.id, container.name, container.image, container.digest, container.workload.name])
      assert.equal(typeof text, 'string');
    assert.match(container.workload.id, /^[0-9a-f]{16}$/);
    for (const value of Object.values(container.labels)) assert.equal(typeof value, 'string', 'a label');
    for (const argument of container.healthcheck ?? []) assert.equal(typeof argument, 'string', 'a health check');
    for (const { type, source, destination, readOnly } of container.mounts)
      assert.deepEqual(
        [type, source, destination, readOnly].map((part) => typeof part),
        [...['string', 'string', 'string', 'boolean']],
      );
    for (const time of [container.startedAtMs, container.createdAtMs])
      assert.ok(time === undefined || Number.isFinite(time), `time ${time}`);
  },
};

/** Which processes there are on this machine must not decide: no pid is looked at. */
function withoutPid(info: unknown): unknown {
  if (typeof info !== 'object' || info === null || !('State' in info)) return info;
  const { State: state } = info;
  if (typeof state === 'object' && state !== null && 'Pid' in state && typeof state.Pid === 'number') state.Pid = 0;
  return info;
}

const originNames = Object.keys(origins) as readonly FileOrigin[];

/** An event of any kind with any texts: a byte that says which, one with its flags, and texts that zeros separate. */
function eventFrom(bytes: Uint8Array): Event {
  const [which = 0, bits = 0] = bytes;
  const [first = '', second = '', third = '', ...args] = textOf(bytes.subarray(2)).split('\0');
  const process: Process = {
    ...{ pid: bits, startTimeNs: '1', comm: third, exe: second, args, uid: bits, gid: 0, cwd: '/' },
    ancestors: [{ pid: 1, exe: third }],
  };
  const base = { timeMs: 1.7e12, cgroupId: '7', source: 'kernel', process } as const;
  const origin = originNames[bits % originNames.length] ?? 'unknown';
  const [flag, error] = [(bits & 1) !== 0, (bits & 2) === 0 ? '' : 'EPERM'];
  const protocol = flag ? 'tcp' : 'udp';
  switch (which % 8) {
    case 0:
    case 1:
      return {
        ...base,
        ...{
          kind: 'exec',
          path: first,
          origin,
          parentExe: second,
          script: which % 8 === 0 ? '' : third,
          fromRuntime: flag,
        },
      };
    case 2: {
      const fileType = (bits & 4) === 0 ? 'regular' : 'directory';
      return { ...base, kind: 'file', access: flag ? 'read' : 'write', created: flag, path: first, fileType, origin };
    }
    case 3:
      return { ...base, kind: flag ? 'connect' : 'listen', protocol, address: first, port: bits };
    case 4: {
      const change = fileChanges[bits % fileChanges.length] ?? 'rename';
      return { ...base, kind: 'change', change, path: first, other: second, mode: bits, special: flag, error };
    }
    case 5: {
      const call = rareCalls[bits % rareCalls.length]?.name ?? 'mount';
      return { ...base, kind: 'call', call, detail: first, error, text: second };
    }
    case 6:
      return { ...base, kind: 'lifecycle', action: flag ? 'attach' : 'host-path-mount', detail: first, containerId };
    default:
      return { ...base, kind: 'exit', exitCode: bits, signal: 0 };
  }
}

/** What features, facts and rules make of texts that no decoder has looked at. */
export const factsTarget: Target = {
  name: 'facts',
  covers: (path) => /^src\/(?:profile\/(?:features|generalise)|detect\/facts|model\/\w+)\.ts$/.test(path),
  seeds: () =>
    Array.from({ length: 8 }, (_, i) => [
      i,
      i * 9,
      ...bytesOf('/srv/a-17/x.log\0/bin/sh\0/run/y\0sh\0-c\0id 17 "x"'),
    ]).map((bytes) => Uint8Array.from(bytes)),
  dictionary: [
    ...[
      '/',
      '..',
      '*',
      '<',
      '<star>',
      '<n>',
      '\\',
      '\0',
      ' ',
      '2026-11-23',
      '20261123',
      'deadbeef00',
      'tmpa1b2c3',
      'aB3dE5fG',
    ],
    ...[
      '01234567-0123-0123-0123-0123456789ab',
      '/etc/',
      '/tmp/',
      '/var/lib/x/cache',
      '/lib64/',
      '.ssh',
      'bin',
      'busybox',
    ],
    ...[
      'toybox',
      'python3.11',
      'perl',
      'awk',
      '-f',
      '-c',
      '-m',
      '-',
      '-s',
      '-o',
      '-W',
      '"',
      "'",
      '0x',
      '127.0.0.1',
      '::1',
    ],
  ],
  maxBytes: 600,
  check: (bytes) => {
    const event = eventFrom(bytes);
    checkEvent(event, 7n, bytes.length);
    for (const path of textOf(bytes.subarray(2)).split('\0')) checkPath(path);
  },
};
