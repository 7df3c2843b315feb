import { expect, test } from 'vitest';
import { createLogger } from './log.ts';

function collect(
  level: string,
  name?: string,
): { lines: Record<string, unknown>[]; log: ReturnType<typeof createLogger> } {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, log: createLogger({ level, destination, ...(name === undefined ? {} : { name }) }) };
}

test('a line is one JSON object with level by name, UTC time and logger name', () => {
  const { lines, log } = collect('info', 'agent');
  log.info({ containers: 3 }, 'watching');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 'info', name: 'agent', containers: 3, msg: 'watching' });
  expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('lines below the level are not written', () => {
  const { lines, log } = collect('warn');
  log.info('no');
  log.warn('yes');
  expect(lines.map((line) => line['msg'])).toEqual(['yes']);
});

test('a newline in a value stays inside the one line', () => {
  const written: string[] = [];
  createLogger({ level: 'info', destination: { write: (line: string) => void written.push(line) } }).info(
    { path: 'a\nb\u001b[2J' },
    'x',
  );
  expect(written).toHaveLength(1);
  expect(written[0]?.trimEnd()).not.toMatch(/[\u0000-\u001f]/u);
});

test('secrets are not written', () => {
  const { lines, log } = collect('info');
  log.info({ token: 't0p', options: { token: 't0p', password: 'p' } }, 'start');
  expect(JSON.stringify(lines)).not.toContain('t0p');
  expect(lines[0]).toMatchObject({ token: '[secret]', options: { token: '[secret]', password: '[secret]' } });
});

test('an unknown level is refused', () => {
  expect(() => createLogger({ level: 'loud' })).toThrow(/level/);
});
