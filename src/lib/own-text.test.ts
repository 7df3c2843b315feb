import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownText } from './own-text.ts';

test('the text stays as it is, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(ownText(text)).toBe(text);
    }),
  );
  expect(ownText('\ud800')).toBe('\ud800');
});
