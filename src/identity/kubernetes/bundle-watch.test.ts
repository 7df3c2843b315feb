import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeBundle } from '../../../test/support/pods.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { BundleWatch } from './bundle-watch.ts';
import { bundleOfLog } from './container-logs.ts';

const idOf = (number: number): string => number.toString(16).padStart(64, '0');
const [id, other] = [idOf(1), idOf(2)];

let folder: string;
let bundles: BundleWatch;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aw-bundles-'));
  bundles = new BundleWatch([join(folder, 'a'), join(folder, 'b')]);
});
afterEach(() => {
  bundles.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('what was written down is known when it is gone already, and nobody had asked', async () => {
  mkdirSync(join(folder, 'b'));
  bundles.refresh();
  writeBundle(join(folder, 'b'), id, { container: 'worker' });
  writeBundle(join(folder, 'b'), other, { container: 'proxy' });
  await waitFor('both', () => bundles.size === 2);
  for (const one of [id, other]) rmSync(join(folder, 'b', one), { recursive: true });
  expect([id, other].map((one) => bundles.of(one)?.container)).toEqual(['worker', 'proxy']);
});

test('CRI-O writes it down a while after it made the folder', async () => {
  mkdirSync(join(folder, 'a'));
  bundles.refresh();
  mkdirSync(join(folder, 'a', id, 'userdata'), { recursive: true });
  const file = join(folder, 'a', id, 'userdata/config.json');
  writeFileSync(`${file}.new`, '{ "annotations": { "io.kubernetes.cri-o.ContainerType": "container", "io.kubernetes.');
  // So that it was seen unwritten, and half written.
  await new Promise((resolve) => setTimeout(resolve, 10));
  renameSync(`${file}.new`, file);
  await new Promise((resolve) => setTimeout(resolve, 10));
  writeFileSync(
    file,
    JSON.stringify({
      annotations: { 'io.kubernetes.cri-o.ContainerType': 'container', 'io.kubernetes.container.name': 'web' },
    }),
  );
  await waitFor('the bundle', () => bundles.size === 1);
  rmSync(join(folder, 'a', id), { recursive: true });
  expect(bundles.of(id)?.container).toBe('web');
});

test('a folder that comes later is watched at once, with what is in it, where the one above it is there', async () => {
  bundles.refresh();
  for (const one of [id, other]) {
    writeBundle(join(folder, 'a'), one);
    await waitFor('the bundle', () => bundles.size === (one === id ? 1 : 2));
  }
});

test('a folder that is made anew is watched from the next look on', async () => {
  bundles.stop();
  bundles = new BundleWatch([join(folder, 'above/a')]);
  bundles.refresh();
  for (const [index, one] of [id, other].entries()) {
    rmSync(join(folder, 'above'), { recursive: true, force: true });
    // So that the new folder is not given the number of the old one.
    mkdirSync(join(folder, `between-${String(index)}`));
    mkdirSync(join(folder, 'above/a'), { recursive: true });
    bundles.refresh();
    writeBundle(join(folder, 'above/a'), one);
    await waitFor('the bundle', () => bundles.size === index + 1);
  }
});

test('what is no container is passed over', () => {
  mkdirSync(join(folder, 'a'));
  bundles.refresh();
  mkdirSync(join(folder, 'a', 'no-id'));
  mkdirSync(join(folder, 'a', id));
  writeFileSync(join(folder, 'a', id, 'config.json'), '{}');
  expect(bundles.of(id)).toBeUndefined();
});

test('the kubelet’s link to a log names its container', () => {
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  writeFileSync(join(logs, `web-7d4b9c6f5d-x2x4z_shop_nginx-side-${id}.log`), '');
  writeFileSync(join(logs, `strange name-${other}.log`), '');
  expect(bundleOfLog(id, 'uid', ['/nowhere', logs])).toEqual({
    ...{ isSandbox: false, container: 'nginx-side', pod: 'web-7d4b9c6f5d-x2x4z', namespace: 'shop' },
    ...{ podUid: 'uid', image: '' },
  });
  for (const one of [other, idOf(3)]) expect(bundleOfLog(one, 'uid', [logs])).toBeUndefined();
});
