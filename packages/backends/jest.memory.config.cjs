// `nx run backends:memory`: the policy contract over many steps. It takes minutes and is no part of the tests.
module.exports = {
  ...require('../../jest.preset.cjs'),
  rootDir: __dirname,
  testMatch: ['<rootDir>/test/memory/*.memory.ts'],
  testTimeout: 1_800_000,
};
