import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { describeApi } from '../../src/api/openapi.ts';

const description = describeApi('0.0.0') as {
  readonly paths: object;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

test('every reference of the description leads somewhere', () => {
  const references = [...JSON.stringify(description).matchAll(/"\$ref":"([^"]*)"/g)].map(
    ([, reference = '']) => reference,
  );
  expect(references.length).toBeGreaterThan(50);
  const known = new Set(Object.keys(description.components.schemas).map((name) => `#/components/schemas/${name}`));
  expect(references.filter((reference) => !known.has(reference))).toEqual([]);
  expect(JSON.stringify(description)).not.toContain('$defs');
});

test('every operation says that it refuses what it does not know, and that it may fail', () => {
  const operations = Object.values(description.paths).flatMap((path) => Object.values(path as object)) as readonly {
    readonly responses: object;
  }[];
  for (const { responses } of operations)
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '429', 'default']));
});

test('every schema is one, and an incident with its process tree fits', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...description, $id: 'api' });
  for (const name of Object.keys(description.components.schemas))
    expect(ajv.compile({ $ref: `api#/components/schemas/${name}` }), name).toBeTypeOf('function');
  const node = ajv.compile({ $ref: 'api#/components/schemas/IncidentPart0' });
  const leaf = { pid: 7, exe: '/bin/sh', alerts: ['x'], children: [] };
  expect([node({ ...leaf, children: [leaf] }), node({ ...leaf, children: [{ pid: 'x' }] })]).toEqual([true, false]);
});
