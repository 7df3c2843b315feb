import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';

const chart = join(import.meta.dirname, '../../agents/kubernetes/chart');
const read = (name: string): string => readFileSync(join(chart, name), 'utf8');

/** An object of Kubernetes as a template has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

/** A value of values.yaml. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
/** Some values of values.yaml, others than the default. */
export type Values = Readonly<Record<string, Value>>;

const isMapping = (value: Value | undefined): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As helm merges: mappings key by key, everything else is replaced. Pure. */
function merged(base: Values, over: Values): Values {
  return {
    ...base,
    ...Object.fromEntries(
      Object.entries(over).map(([key, value]) => {
        const before = base[key];
        return [key, isMapping(before) && isMapping(value) ? merged(before, value) : value];
      }),
    ),
  };
}

/** Why charts cannot be rendered on this machine; undefined when they can. */
export function rendererMissing(): string | undefined {
  if (spawnSync('go', ['version']).status !== 0) return 'not installed: golang-go';
  const sources = '/usr/share/gocode/src';
  for (const path of ['github.com/Masterminds/sprig', 'gopkg.in/yaml.v3'])
    if (!existsSync(join(sources, path))) return `not installed: the Go sources of ${path}`;
  return undefined;
}

/** Renders the chart as helm does, with Go's own templates. */
export class Renderer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'anchorwatch-chart-'));
  readonly #validate: ValidateFunction;

  constructor() {
    const env = {
      ...process.env,
      GO111MODULE: 'off',
      GOPATH: '/usr/share/gocode',
      GOCACHE: join(this.#folder, 'cache'),
    };
    execFileSync('go', ['build', '-o', join(this.#folder, 'render'), join(import.meta.dirname, 'render.go')], {
      env,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#validate = new Ajv({ allErrors: true, strictTypes: false }).compile(JSON.parse(read('values.schema.json')));
  }

  /** What the schema of the values says against these. */
  problems(values: Values): readonly string[] {
    const valid = this.#validate(merged(parse(read('values.yaml')) as Values, values));
    return valid
      ? []
      : (this.#validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  }

  /** The text of every template. Throws with the template's name and line when one fails. */
  text(values: Values = {}, release = 'anchorwatch', namespace = 'anchorwatch'): string {
    const problems = this.problems(values);
    if (problems.length > 0) throw new Error(`values: ${problems.join('; ')}`);
    const file = join(this.#folder, 'values.json');
    writeFileSync(file, JSON.stringify(merged(parse(read('values.yaml')) as Values, values)));
    return execFileSync(join(this.#folder, 'render'), [chart, release, namespace, file], { encoding: 'utf8' });
  }

  /** The objects that are applied. */
  manifests(values: Values = {}, release?: string, namespace?: string): readonly Manifest[] {
    return manifestsOf(manifestText(this.text(values, release, namespace)));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** A rendered chart without its notes, its templates apart. Pure. */
export function manifestText(rendered: string): string {
  return rendered
    .split(/^# Source: /m)
    .slice(1)
    .filter((part) => !part.startsWith('NOTES.txt'))
    .map((part) => part.slice(part.indexOf('\n') + 1).trim())
    .filter((part) => part !== '')
    .join('\n---\n');
}

/** The objects of a text; throws on YAML that is none. Pure. */
export function manifestsOf(text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}
