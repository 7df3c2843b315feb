import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { beginning, EngineClient } from './engine-client.ts';

async function clientOf(answer: RequestListener): Promise<EngineClient> {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'string' || address === null ? 0 : address.port;
  return new EngineClient({ host: '127.0.0.1', port, protocol: 'http' });
}

const soon = (): AbortSignal => AbortSignal.timeout(10_000);

test('an answer is read as a whole, an error tells its status and what the engine says of it', async () => {
  const client = await clientOf((request, response) => {
    if (request.url === '/containers/json?all=true') return response.end('[{"Id":"one"}]');
    response.statusCode = 404;
    return response.end('{"message":"No such container: two"}');
  });
  expect(await client.json('/containers/json?all=true', soon())).toEqual([{ Id: 'one' }]);
  await expect(client.json('/containers/two/json', soon())).rejects.toMatchObject({
    code: 'engine.refused',
    statusCode: 404,
    retryable: false,
    message: 'HTTP 404 No such container: two',
  });
});

test('what is no JSON, or an error without a word, is said', async () => {
  const client = await clientOf((request, response) => {
    response.statusCode = request.url === '/busy' ? 503 : 200;
    response.end('<html>');
  });
  await expect(client.json('/events?since=1', soon())).rejects.toMatchObject({
    code: 'engine.answer',
    message: 'the answer to /events is no JSON',
  });
  await expect(client.json('/busy', soon())).rejects.toMatchObject({ statusCode: 503, message: 'HTTP 503' });
});

test('an engine that stays silent, before or within its answer, is not waited for longer than the signal says', async () => {
  const client = await clientOf((request, response) => {
    if (request.url === '/half') response.write('[');
  });
  for (const path of ['/nothing', '/half'])
    await expect(client.json(path, AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('of a long answer the beginning is read, and the rest is not waited for', async () => {
  const client = await clientOf((_request, response) => {
    response.write('x'.repeat(100));
  });
  const signal = soon();
  const read = await beginning(await client.open('/containers/one/changes', signal), 10, signal);
  expect(read).toEqual({ text: 'x'.repeat(10), cut: true });
});

test('certificates that cannot be read are named', async () => {
  const endpoint = { host: '127.0.0.1', port: 1, protocol: 'https', certificates: '/nowhere' } as const;
  await expect(new EngineClient(endpoint).json('/info', soon())).rejects.toMatchObject({ code: 'engine.certificates' });
});
