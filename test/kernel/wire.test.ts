import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import * as layout from '../../src/sensor/layout.ts';
import { kernelMissing, toolchainMissing } from '../support/requirements.ts';

const sensorDirectory = new URL('../../agents/sensor/', import.meta.url).pathname;
const object = join(sensorDirectory, 'sensor.bpf.o');
const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
const env = { ...process.env, PATH: path };

const missing = toolchainMissing();
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

interface BtfType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly type_id?: number;
  readonly nr_elems?: number;
  readonly members?: readonly { readonly name: string; readonly type_id: number; readonly bits_offset: number }[];
  readonly values?: readonly { readonly name: string; readonly val: number }[];
}

function btfOf(file: string): ReadonlyMap<number, BtfType> {
  const json = execFileSync('bpftool', ['-j', 'btf', 'dump', 'file', file], {
    env,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return new Map((JSON.parse(json) as { types: readonly BtfType[] }).types.map((type) => [type.id, type]));
}

function sizeOf(types: ReadonlyMap<number, BtfType>, id: number): number {
  const type = types.get(id);
  if (type === undefined) throw new Error(`no BTF type ${String(id)}`);
  if (type.kind === 'ARRAY') return (type.nr_elems ?? 0) * sizeOf(types, type.type_id ?? 0);
  if (type.kind === 'TYPEDEF' || type.kind === 'CONST' || type.kind === 'VOLATILE')
    return sizeOf(types, type.type_id ?? 0);
  return type.size ?? 8;
}

test('the layout of every wire struct is that of the compiled object, in both directions', () => {
  const types = btfOf(object);
  const compiled: Record<string, layout.StructLayout> = {};
  for (const type of types.values()) {
    if (type.kind !== 'STRUCT' || !type.name.startsWith('aw_')) continue;
    const members = (type.members ?? []).map(
      ({ name, type_id: id, bits_offset: bits }) => [name, [bits / 8, sizeOf(types, id)]] as const,
    );
    compiled[type.name] = { sizeBytes: type.size ?? 0, members: Object.fromEntries(members) };
  }
  expect(layout.structs).toEqual(compiled);
});

test('the numbers of every wire enum are those of the compiled object, in both directions', () => {
  const compiled: Record<string, Record<string, number>> = {};
  for (const { kind, name, values } of btfOf(object).values()) {
    if (kind !== 'ENUM' || !name.startsWith('aw_')) continue;
    const prefix = `${name.toUpperCase()}_`;
    compiled[name] = Object.fromEntries((values ?? []).map((value) => [prefixless(value.name, prefix), value.val]));
  }
  expect(layout.enums).toEqual(compiled);
});

test('the constants of wire.h are those of the layout', () => {
  const header = readFileSync(join(sensorDirectory, 'wire.h'), 'utf8');
  const defines = new Map(
    [...header.matchAll(/^#define (AW_\w+) (0x[0-9a-f]+|\d+)\b/gm)].map((match) => [match[1], Number(match[2])]),
  );
  for (const [name, value] of Object.entries(layout.flags))
    expect([name, defines.get(`AW_FLAG_${name.toUpperCase()}`)]).toEqual([name, value]);
  for (const [name, value] of Object.entries(layout.watchedFlags))
    expect([name, defines.get(`AW_WATCHED_${name.toUpperCase()}`)]).toEqual([name, value]);
  expect(defines.get('AW_WIRE_VERSION')).toBe(layout.wireVersion);
  expect(defines.get('AW_SHAPE_MAX')).toBe(layout.shapeMaxBytes);
  expect(defines.get('AW_ANCESTORS_MAX')).toBe(layout.ancestorsMax);
  expect(4 * (defines.get('AW_PATH_MAX') ?? 0)).toBe(layout.dataMaxBytes);
});

test('the committed object holds the hash of the sources beside it', () => {
  expect(sourcesOf(object)).toBe(
    execFileSync('make', ['-s', 'hash'], { cwd: sensorDirectory, env, encoding: 'utf8' }).trim(),
  );
});

test('clang builds an object of the same programs and types from the sources', () => {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-sensor-'));
  try {
    const built = join(directory, 'sensor.bpf.o');
    execFileSync('make', ['-s', `OUT=${built}`], { cwd: sensorDirectory, env, stdio: 'pipe' });
    expect(sourcesOf(built)).toBe(sourcesOf(object));
    const names = (file: string): readonly string[] =>
      [...btfOf(file).values()].map(({ kind, name }) => `${kind} ${name}`);
    expect(names(built)).toEqual(names(object));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('kernels before 6.4 take it too: their variant, without casts, passes the verifier', (context) => {
  const unable = kernelMissing();
  if (unable !== undefined) context.skip(unable);
  // bpftool loads all or nothing; such kernels load this variant, less what they lack, when the sensor starts.
  if (!readFileSync('/sys/kernel/btf/vmlinux').includes('btf_trace_cap_capable'))
    context.skip('this kernel lacks tracepoints that some programs are for');
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-sensor-'));
  const pins = `/sys/fs/bpf/anchorwatch-test-${process.pid}`;
  try {
    const built = join(directory, 'sensor.bpf.o');
    execFileSync('make', ['-s', `OUT=${built}`, 'CLANG=clang -DAW_NO_CAST'], {
      cwd: sensorDirectory,
      env,
      stdio: 'pipe',
    });
    execFileSync('bpftool', ['prog', 'loadall', built, pins], { env, stdio: 'pipe' });
    const programs = [...btfOf(object).values()].filter(({ kind, name }) => kind === 'FUNC' && name.startsWith('on_'));
    expect(readdirSync(pins).toSorted()).toEqual(programs.map(({ name }) => name).toSorted());
  } finally {
    rmSync(pins, { recursive: true, force: true });
    rmSync(directory, { recursive: true });
  }
});

/** Most enums carry their own prefix; `aw_hash_type` is AW_HASH_ in its values. */
function prefixless(name: string, prefix: string): string {
  const short = name.startsWith(prefix) ? name.slice(prefix.length) : name.replace(/^AW_[A-Z]+_/, '');
  return short.toLowerCase();
}

function sourcesOf(file: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-section-'));
  try {
    const out = join(directory, 'hash');
    execFileSync('llvm-objcopy', ['--dump-section', `anchorwatch.sources=${out}`, file, join(directory, 'copy.o')], {
      env,
    });
    return readFileSync(out, 'utf8');
  } finally {
    rmSync(directory, { recursive: true });
  }
}
