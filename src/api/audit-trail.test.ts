import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import type { AuditRecord, Principal } from '../model/access.ts';
import { keepTrail } from './audit-trail.ts';
import type { AuditTrail } from './audit-trail.ts';
import { Problem, problemType } from './problem.ts';

const alice: Principal = { name: 'alice', role: 'operator', kind: 'token', token: 'one' };
const clock = { nowMs: () => 0, monotonicMs: () => 0 };

/** A server with one route, and what was written down of it. */
async function post(add: AuditTrail['add'], body: object, principal: Principal | null = alice) {
  const lines: string[] = [];
  const app = fastify();
  app.decorateRequest('principal', null as unknown as Principal);
  app.addHook('onRequest', async (request) => {
    if (principal !== null) request.principal = principal;
  });
  keepTrail(
    app,
    { add, list: async () => [] },
    { clock, log: createLogger({ level: 'error', destination: { write: (line: string) => void lines.push(line) } }) },
  );
  app.setErrorHandler((error, _request, reply) => {
    const { document } = error instanceof Problem ? error : new Problem(500, 'internal', '');
    return reply.code(document.status).type(problemType).send(JSON.stringify(document));
  });
  app.post('/things/:id', ({ params }) => {
    if ((params as { id: string }).id === 'none') throw new Problem(404, 'thing.unknown', 'no');
    return { done: true };
  });
  const answers = [];
  for (const id of ['one?x=1', 'none'])
    answers.push(await app.inject({ method: 'POST', url: `/things/${id}`, payload: body }));
  await app.close();
  return { answers, lines };
}

test('what was done and what was refused is written down, secrets masked and long bodies by their hash', async () => {
  const records: AuditRecord[] = [];
  const add: AuditTrail['add'] = async (record) => {
    records.push(record);
    return { ...record, seq: records.length, time: '', hash: '', previousHash: '' };
  };
  await post(add, { reason: 'password=hunter22' });
  const common = { by: 'alice', role: 'operator', from: '127.0.0.1', action: 'POST /things/:id' };
  expect(records).toEqual([
    { ...common, subject: '/things/one?x=1', detail: '{"reason":"password=***"}', status: 200 },
    { ...common, subject: '/things/none', detail: '{"reason":"password=***"}', status: 404, code: 'thing.unknown' },
  ]);
  await post(add, { text: 'x'.repeat(3000) });
  expect(records[2]?.detail).toMatch(/^3011 bytes, SHA-256 [0-9a-f]{64}$/);
  const before = records.length;
  await post(add, {}, null);
  expect(records).toHaveLength(before);
});

test('where it cannot be written down, the answer says so, and so does the log', async () => {
  const { answers, lines } = await post(async () => Promise.reject(new Error('disk full')), {});
  for (const answer of answers) {
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['content-type']).toContain(problemType);
    expect(answer.json()).toMatchObject({ status: 503, code: 'audit.failed' });
  }
  expect(lines.join('')).toContain('disk full');
  expect(lines.join('')).toContain('"by":"alice"');
});
