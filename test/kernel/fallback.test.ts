import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { openLibbpf } from '../../src/sensor/libbpf.ts';
import { lackingOf } from '../../src/sensor/kernel-needs.ts';
import { Sensor } from '../../src/sensor/sensor.ts';
import { type Product, startProduct } from '../containers/product.ts';
import { kernelMissing, kernelTooOld } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';

interface Nodes {
  readonly items: readonly {
    readonly reported?: { readonly sensor: string; readonly hooksMissing: readonly { readonly reason: string }[] };
  }[];
}

const tooOld = kernelTooOld();
const clearReason = /^this kernel lacks what the sensor needs: .*bpf_loop \(5\.17\); Linux 5\.17 or newer has it$/;

test('a kernel that the sensor is for is found to lack nothing', (context) => {
  const missing = kernelMissing();
  if (missing !== undefined) context.skip(missing);
  expect(lackingOf(openLibbpf())).toEqual([]);
});

// Elsewhere there is nothing to be skipped: these are tests of another kernel, which npm run test:kernels brings.
describe.each(tooOld ? ['a kernel that is too old'] : [])('%s', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct('unix:///run/anchorwatch-no-engine.sock');
  });
  afterAll(async () => {
    await product.stop();
  });

  test('the sensor is refused with what the kernel lacks, under a code of its own', () => {
    const nothing = (): void => undefined;
    const start = (): Sensor =>
      new Sensor({
        log: createLogger({ level: 'silent' }),
        listener: { event: nothing, cgroupMade: nothing, cgroupRemoved: nothing },
      });
    expect(start).toThrow(
      expect.objectContaining({ code: 'sensor.kernel', message: expect.stringMatching(clearReason) }),
    );
  });

  test('the agent runs, polls, and says so and why in its log and in the node report', async () => {
    expect(product.log()).toMatch(/"msg":"no kernel sensor: this kernel lacks what the sensor needs: /);
    expect(product.log()).toMatch(/"code":"sensor.procfs".* are polled from \/proc about once a second/);
    const reported = await waitFor(
      'the node to report',
      async () => (await product.get<Nodes>('/api/v1/nodes')).items[0]?.reported,
    );
    expect(reported.sensor).toBe('procfs');
    expect(reported.hooksMissing.map(({ reason }) => reason)).toContainEqual(expect.stringMatching(clearReason));
  });
});
