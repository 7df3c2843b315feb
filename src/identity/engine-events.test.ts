import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineEvents } from './engine-events.ts';

const line = (action: string, attributes: Readonly<Record<string, string>> = {}): string =>
  `${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: 'abc', Attributes: attributes } }).slice(0, -1)},"timeNano":1795000000123456789}\n`;

describe("the engine's stream", () => {
  test('nanoseconds keep all their digits, the exit code is a number', () => {
    expect(new EngineEvents().add(line('die', { exitCode: '137' }))).toEqual([
      { action: 'die', containerId: 'abc', exitCode: 137, timeNano: '1795000000123456789' },
    ]);
  });

  test('what is no exit code is none: a label of that name takes its place', () => {
    for (const exitCode of ['', 'abc', '-1', '1e3', '9'.repeat(400)])
      expect(new EngineEvents().add(line('die', { exitCode }))).toMatchObject([{ exitCode: undefined }]);
  });

  test('a time of more digits than nanoseconds have is none', () => {
    const text = `{"Type":"container","Action":"start","Actor":{"ID":"abc"},"timeNano":${'9'.repeat(40)}}\n`;
    expect(new EngineEvents().add(text)).toMatchObject([{ timeNano: '0' }]);
  });

  test('events of images and networks are nobody’s, and not broken', () => {
    const events = new EngineEvents();
    expect(events.add('{"Type":"network","Action":"connect"}\n\n')).toEqual([]);
    expect(events.broken).toBe(0);
  });

  test('chunks may end anywhere', () => {
    const text = line('start') + line('exec_create: sh -c "id"') + line('die', { exitCode: '0' });
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
        const events = new EngineEvents();
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const actions = places.flatMap((from, i) =>
          events.add(text.slice(from, places[i + 1] ?? text.length)).map(({ action }) => action),
        );
        expect(actions).toEqual(['start', 'exec_create: sh -c "id"', 'die']);
        expect(events.broken).toBe(0);
      }),
    );
  });

  test('a torn, senseless or endless line is counted, and the next one is read', () => {
    const events = new EngineEvents();
    expect(events.add('{"Type":"contai\n42\n[]\n{"Type":"container"}\n')).toEqual([]);
    expect(events.broken).toBe(4);
    expect(events.add('x'.repeat(1_100_000))).toEqual([]);
    expect(events.broken).toBe(5);
    expect(events.add(`\n${line('start')}`)).toHaveLength(1);
  });

  test('what an event says is taken as it is, whatever it holds; a forged time inside of it is not its time', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, (action, id, note) => {
        const event = { Type: 'container', Action: action, Actor: { ID: id, Attributes: { note } } };
        const events = new EngineEvents();
        expect(events.add(`${JSON.stringify(event)}\n`)).toMatchObject([{ action, containerId: id }]);
        expect(events.broken).toBe(0);
      }),
    );
    const forged = line('exec_create: sh -c "timeNano":1', { name: '"timeNano": 2' });
    expect(new EngineEvents().add(forged)).toMatchObject([{ timeNano: '1795000000123456789' }]);
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 10 }), (chunks) => {
        const events = new EngineEvents();
        for (const chunk of chunks) events.add(`${chunk}\n`);
        expect(events.add(`\n${line('start')}`)).toHaveLength(1);
      }),
    );
  });
});
