// The suites that need a WebGPU adapter: `nx run backends:webgpu` runs them where there is one.
module.exports = {
  ...require('../../jest.preset.cjs'),
  rootDir: __dirname,
  testMatch: ['<rootDir>/test/webgpu/**/*.webgpu.ts'],
  // A software driver compiles every shader for the CPU.
  testTimeout: 1_800_000,
  maxWorkers: 1,
  reporters: ['default', require.resolve('./jest.progress.cjs')],
};
