import { expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import { serve, startHint } from './service.ts';

const log = createLogger({ level: 'silent' });

test('starts, waits for the stop, undoes in reverse order and is done', async () => {
  const stop = new AbortController();
  const steps: string[] = [];
  const status = serve(stop.signal, log, async (cleanups) => {
    cleanups.defer('collector', () => void steps.push('collector stopped'));
    await Promise.resolve();
    cleanups.defer('agent', () => void steps.push('agent stopped'));
    steps.push('started');
    setImmediate(() => stop.abort());
  });
  expect(await status).toBe(0);
  expect(steps).toEqual(['started', 'agent stopped', 'collector stopped']);
});

test('a start that fails half-way is undone, and its error comes out', async () => {
  const steps: string[] = [];
  const status = serve(new AbortController().signal, log, (cleanups) => {
    cleanups.defer('collector', () => void steps.push('collector stopped'));
    return Promise.reject(new Error('no engine'));
  });
  await expect(status).rejects.toThrow('no engine');
  expect(steps).toEqual(['collector stopped']);
});

test('a stop that comes during the start waits for it and undoes it', async () => {
  const stop = new AbortController();
  const steps: string[] = [];
  const status = serve(stop.signal, log, async (cleanups) => {
    stop.abort();
    await new Promise((resolve) => setImmediate(resolve));
    cleanups.defer('late', () => void steps.push('undone'));
  });
  expect(await status).toBe(0);
  expect(steps).toEqual(['undone']);
});

test('a port in use says what to do', () => {
  const inUse = Object.assign(new Error('listen EADDRINUSE: 127.0.0.1:7080'), { code: 'EADDRINUSE' });
  expect(startHint(new Error('cannot listen', { cause: inUse }))).toMatch(/cannot listen: .*\n.*--listen/);
  expect(startHint(new Error('other'))).toBe('other');
});
