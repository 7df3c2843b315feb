import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedQueue } from './queue.ts';

test('a full queue refuses, counts and keeps what waits', () => {
  const queue = new BoundedQueue<number>(2);
  expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
  expect(queue.dropped).toBe(1);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([1, 2, undefined]);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('capacity %s is refused', (capacity) => {
  expect(() => new BoundedQueue(capacity)).toThrow(RangeError);
});

test('behaves like an array that is cut at its capacity, whatever the order of operations', () => {
  const operation = fc.oneof(fc.record({ push: fc.integer() }), fc.constant('shift' as const));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(operation, { maxLength: 200 }), (capacity, operations) => {
      const queue = new BoundedQueue<number>(capacity);
      const model: number[] = [];
      let dropped = 0;
      for (const step of operations) {
        if (step === 'shift') {
          expect(queue.shift()).toBe(model.shift());
        } else {
          const fits = model.length < capacity;
          if (fits) model.push(step.push);
          else dropped += 1;
          expect(queue.push(step.push)).toBe(fits);
        }
        expect(queue.length).toBe(model.length);
        expect(queue.dropped).toBe(dropped);
      }
    }),
  );
});
