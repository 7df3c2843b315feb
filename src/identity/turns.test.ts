import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** An act that ends when it is told to. */
function act(name: string, log: string[]): { readonly run: () => Promise<void>; readonly end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async (): Promise<void> => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
  };
  return { run, end: () => end() };
}

test('acts about one subject follow each other, those about another do not wait', async () => {
  const log: string[] = [];
  const [first, second, other] = [act('first', log), act('second', log), act('other', log)];
  const turns = new Turns();
  turns.take('a', first.run);
  turns.take('a', second.run);
  turns.take('b', other.run);
  expect(log).toEqual(['first begins', 'other begins']);
  second.end();
  first.end();
  await new Promise<void>((resolve) => {
    turns.take('a', async () => resolve());
  });
  expect(log).toEqual(['first begins', 'other begins', 'first ends', 'second begins', 'second ends']);
});
