import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

test('controls are shown, not acted upon', () => {
  expect(escapeForTerminal('a\u001b[2Jb\nc\td\u009b1m\u007f\u202eevil\u200b\ud800')).toBe(
    'a\\x1b[2Jb\\nc\\td\\x9b1m\\x7f\\u{202e}evil\\u{200b}\\u{d800}',
  );
  expect(escapeForTerminal('/usr/bin/é 漢字 😀')).toBe('/usr/bin/é 漢字 😀');
});

test('whatever the text, nothing that a terminal acts upon is left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const dangerous = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
      expect(escapeForTerminal(text)).not.toMatch(dangerous);
      expect(jsonLine({ text })).not.toMatch(dangerous);
      expect(JSON.parse(jsonLine({ text }))).toEqual({ text });
    }),
  );
});

test('columns are aligned by what is shown', () => {
  expect(
    formatTable(
      ['NAME', 'N'],
      [
        ['a\u0007', '1'],
        ['longer', '22'],
      ],
    ),
  ).toEqual(['NAME    N', 'a\\x07   1', 'longer  22']);
});
