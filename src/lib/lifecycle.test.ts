import { expect, test } from 'vitest';
import { Cleanups, startOrUndo } from './lifecycle.ts';
import { createLogger } from './log.ts';

function logLines(): { lines: Record<string, unknown>[]; log: ReturnType<typeof createLogger> } {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, log: createLogger({ level: 'info', destination }) };
}

test('undoes in reverse order, one after the other', async () => {
  const { log } = logLines();
  const done: string[] = [];
  const cleanups = new Cleanups();
  cleanups.defer('store', () => void done.push('store'));
  cleanups.defer('server', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push('server');
  });
  await cleanups.run(log);
  expect(done).toEqual(['server', 'store']);
});

test('an error is logged with the name of its step and the rest is still undone', async () => {
  const { lines, log } = logLines();
  const done: string[] = [];
  const cleanups = new Cleanups();
  cleanups.defer('first', () => void done.push('first'));
  cleanups.defer('broken', () => {
    throw new Error('stuck');
  });
  cleanups.defer('rejected', () => Promise.reject(new Error('refused')));
  await cleanups.run(log);
  expect(done).toEqual(['first']);
  expect(lines.map((line) => line['step'])).toEqual(['rejected', 'broken']);
});

test('runs every step once, however often and however early run is called', async () => {
  const { log } = logLines();
  let count = 0;
  const cleanups = new Cleanups();
  cleanups.defer('once', () => void (count += 1));
  await Promise.all([cleanups.run(log), cleanups.run(log)]);
  await cleanups.run(log);
  expect(count).toBe(1);
});

test('a start that fails undoes what it had taken, and rejects with its own error', async () => {
  const { log } = logLines();
  const done: string[] = [];
  const failing = startOrUndo(log, async (cleanups) => {
    cleanups.defer('store', () => void done.push('store'));
    await Promise.reject(new Error('port taken'));
  });
  await expect(failing).rejects.toThrow('port taken');
  expect(done).toEqual(['store']);
});

test('a start that succeeds undoes nothing until it is stopped', async () => {
  const { log } = logLines();
  const done: string[] = [];
  const started = await startOrUndo(log, (cleanups) => {
    cleanups.defer('store', () => void done.push('store'));
    return Promise.resolve({ stop: () => cleanups.run(log) });
  });
  expect(done).toEqual([]);
  await started.stop();
  expect(done).toEqual(['store']);
});
