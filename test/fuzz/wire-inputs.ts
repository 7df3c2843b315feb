import { dimensions } from '../../src/model/feature.ts';
import { makeAlert, makeReport } from '../support/alerts.ts';
import { Mutator } from './mutator.ts';
import { jsonWords } from './text-targets.ts';

/** Makes inputs for the collector's sockets: of a grammar, valid or nearly so, and half of them bent. */
export class WireInputs {
  readonly #random: () => number;
  readonly #requests: Mutator;
  readonly #messages: Mutator;

  constructor(random: () => number) {
    this.#random = random;
    this.#requests = new Mutator(
      random,
      [
        '\r\n',
        '\r\n\r\n',
        ': ',
        ' HTTP/1.1',
        'Content-Length: ',
        'Transfer-Encoding: chunked\r\n',
        '%00',
        '%',
        '..',
        '&',
        '=',
        '\0',
        '\ud83d\ude00',
      ],
      8000,
    );
    this.#messages = new Mutator(
      random,
      [...jsonWords, '"type":"', '"seq":', '"alerts":', '"protocol":', '01JDAW00000000000000000001'],
      60_000,
    );
  }

  /** Bytes of an HTTP request. */
  request(host: string): Uint8Array {
    const method = this.#of([
      'GET',
      'GET',
      'GET',
      'HEAD',
      'POST',
      'DELETE',
      'PUT',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
      'get',
      '',
    ]);
    const body = this.#of(['', '', '{}', '{"by":"me","reason":"x"}', '[', '{"a":'.repeat(50), '\0', 'x'.repeat(3000)]);
    const headers = [
      `Host: ${this.#of([host, host, host, host, 'example.org', '', 'localhost'])}`,
      ...(body === '' && this.#random() < 0.7
        ? []
        : [`Content-Length: ${this.#of([body.length, body.length, -1, 1e9, 'x'])}`]),
      ...this.#some([
        'Content-Type: application/json',
        'Content-Type: text/plain',
        'Origin: http://evil.example',
        'Accept: application/openmetrics-text',
        'Transfer-Encoding: chunked',
        'Expect: 100-continue',
        'Connection: close',
        'Authorization: Bearer x',
        `X: ${'y'.repeat(5000)}`,
        'If-None-Match: "x"',
      ]),
    ];
    const text = `${method} ${this.#path()}${this.#query()} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
    return this.#bend(this.#requests, Buffer.from(text, 'utf8'));
  }

  /** Path and headers of a request to become a WebSocket at `path`, and the key of its handshake. */
  upgrade(host: string, path: string): Uint8Array {
    const text =
      `GET ${path}${this.#query()} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: ${this.#of(['websocket', 'websocket', 'h2c'])}\r\n` +
      `Sec-WebSocket-Version: ${this.#of([13, 13, 13, 8, ''])}\r\nSec-WebSocket-Key: ${this.#of(['dGhlIHNhbXBsZSBub25jZQ==', 'x'])}\r\n\r\n`;
    const frames = Buffer.concat(Array.from({ length: this.#below(3) }, () => this.frame()));
    return this.#bend(this.#requests, Buffer.concat([Buffer.from(text), frames]));
  }

  /** Bytes that may be a frame of a WebSocket (RFC 6455 section 5.2). */
  frame(): Uint8Array {
    const payload = Buffer.from(this.#of(['', 'x', '{}', '\ufffd', 'y'.repeat(200)]));
    const head = [
      this.#of([0x81, 0x82, 0x80, 0x01, 0x88, 0x89, 0x8a, 0x83, 0xc1]),
      this.#of([0x80, 0x80, 0]) | Math.min(125, payload.length),
    ];
    return Buffer.concat([Buffer.from(head), Buffer.from([0, 0, 0, 0]), payload.subarray(0, 125)]);
  }

  /** Text of a message of an agent. @param seq of the next batch */
  message(seq: number, number: number): Uint8Array {
    const alert = makeAlert(number, { dimension: this.#of(dimensions) });
    const message = this.#of([
      {
        type: 'hello',
        protocol: this.#of([1, 2, 3, 0, -1, 1.5]),
        node: this.#of(['n', '', 'n'.repeat(600)]),
        agentVersion: '1',
      },
      {
        type: 'batch',
        seq: this.#of([seq, seq, 0, 1e9]),
        alerts: this.#of([[alert], [], [alert, alert], [{ ...alert, id: 'x' }]]),
      },
      { type: 'report', report: makeReport({ pendingEvents: this.#of([0, 1, -1, 1e300]) }) },
      { type: 'response', id: this.#of([1, 0, 99]), outcome: 'found', features: [], omitted: 0 },
      { type: 'decided', id: alert.id, outcome: this.#of(['done', 'failed', 'unknown', 'x']) },
      { type: 'ask', workload: this.#of(['w-web', '', 'w'.repeat(600)]) },
      { type: 'clock', id: this.#of([1, 7]), timeMs: this.#of([Date.now(), -1, 8.64e15]) },
      { type: this.#of(['x', '__proto__', 'constructor']), a: 1 },
    ]);
    return this.#bend(this.#messages, Buffer.from(JSON.stringify(message)));
  }

  #path(): string {
    const id = this.#of([
      '01JDAW00000000000000000001',
      'shop%2Fweb',
      '%',
      '..',
      'x'.repeat(3000),
      '%00',
      '%F0%9F%98%80',
    ]);
    return this.#of([
      ...['/', '/healthz', '/readyz', '/openapi.json', '/api/v1/alerts', '/api/v1/incidents', '/api/v1/workloads'],
      ...['/api/v1/nodes', '/api/v1/decisions', '/feed', '/agent', '/nothing', '*', '//', 'http://x/'],
      ...[`/api/v1/alerts/${id}`, `/api/v1/alerts/${id}/accept`, `/api/v1/incidents/${id}`, `/api/v1/workloads/${id}`],
      ...[`/api/v1/workloads/${id}/profile`, `/api/v1/workloads/${id}/export/json`, `/api/v1/alerts/${id}/deny`],
    ]);
  }

  #query(): string {
    if (this.#random() < 0.4) return '';
    const value = (): string =>
      this.#of([
        '1h',
        '2026-11-23T02:00:00Z',
        'critical',
        'x',
        '',
        '-1',
        '1e9',
        '%',
        '%00',
        '0',
        'x'.repeat(2000),
        'open',
        'alert,node',
      ]);
    const names = [
      'since',
      'until',
      'workload',
      'container',
      'node',
      'severity',
      'dimension',
      'limit',
      'after',
      'state',
      'kind',
      'x',
      '__proto__',
    ];
    return `?${Array.from({ length: 1 + this.#below(3) }, () => `${this.#of(names)}=${value()}`).join('&')}`;
  }

  #bend(mutator: Mutator, bytes: Uint8Array): Uint8Array {
    return this.#random() < 0.5 ? bytes : mutator.bend(bytes, bytes);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #of<Value>(all: readonly Value[]): Value {
    return all[this.#below(all.length)] as Value;
  }

  #some<Value>(all: readonly Value[]): readonly Value[] {
    return all.filter(() => this.#random() < 0.15);
  }
}
