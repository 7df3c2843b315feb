import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** How many times longer than usual everything may take: on an emulated processor (test/guests). */
const patience = Number(process.env['ANCHORWATCH_TEST_PATIENCE'] ?? 1);
/** Tests that share one kernel and one engine: a file at a time, after everything else. */
const serial = {
  fileParallelism: false,
  maxWorkers: 1,
  testTimeout: 120_000 * patience,
  hookTimeout: 300_000 * patience,
};

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'scenario',
          include: ['test/scenarios/**/*.test.ts', 'test/recordings/**/*.test.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...serial,
          name: 'architecture',
          include: ['test/architecture/**/*.test.ts', 'test/architecture.test.ts'],
          testTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...serial, name: 'kernel', include: ['test/kernel/**/*.test.ts'], sequence: { groupOrder: 2 } } },
      {
        // Each file has an engine, a bridge and a collector of its own, and waits more than it works: two at once.
        test: {
          ...serial,
          fileParallelism: true,
          maxWorkers: 2,
          name: 'containers',
          include: ['test/containers/**/*.test.ts'],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});

export default config;
