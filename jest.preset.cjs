// Shared by every package: TypeScript through swc, ESM, and our packages read from source (no build first).
const { dirname, join } = require('node:path');

// Tests are about the CPU unless they say otherwise, also where there is a GPU.
process.env.LOCI_ONNX_PROVIDER ??= 'cpu';

module.exports = {
  testEnvironment: require.resolve('./jest.environment.cjs'),
  testEnvironmentOptions: { customExportConditions: ['loci-source', 'node', 'node-addons'] },
  testSequencer: require.resolve('./jest.sequencer.cjs'),
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  setupFiles: [require.resolve('reflect-metadata')],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^fast-check$': require.resolve('./jest.fast-check.mjs'),
    // In one file: each test file loads it anew, and its two hundred take a tenth of that time.
    '^rxjs$': join(dirname(require.resolve('rxjs')), '../bundles/rxjs.umd.min.js'),
  },
  maxWorkers: 2,
  testTimeout: 60_000,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true },
        },
      },
    ],
  },
};
